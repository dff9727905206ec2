package dev.sluice.producer.dispatch;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.Routes;
import dev.sluice.producer.lease.Leases;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import dev.sluice.producer.loop.LoopWatch;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Returns lost tasks to the backlog: those that are recorded as submitted, but whose queue was
 * deleted or purged.
 */
@Component
class LostTaskRecovery extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(LostTaskRecovery.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Map<String, LostTaskDetector> detectors = new HashMap<>();
  private final SubmittedTasks tasks;
  private final TaskPlaces places;
  private final Leases leases;
  private final MeterRegistry metrics;
  private final TransactionTemplate transaction;
  private final BackgroundLoop loop = new BackgroundLoop("lost-tasks", INTERVAL, this::round);

  LostTaskRecovery(
      Routes routes,
      FeedSettings settings,
      SubmittedTasks tasks,
      TaskPlaces places,
      Leases leases,
      MeterRegistry metrics,
      PlatformTransactionManager transactions) {
    this.tasks = tasks;
    this.places = places;
    this.leases = leases;
    this.metrics = metrics;
    this.transaction = new TransactionTemplate(transactions);
    for (RouteSettings route : routes.all()) {
      detectors.put(
          route.name(), new LostTaskDetector(settings.lostAfter(), route.provider().callTimeout()));
      count(route.name(), 0); // PromQL's increase() misses the first event of a new series
    }
  }

  private boolean round() {
    tasks.routes().forEach(this::check);
    return false;
  }

  /**
   * Checks a route with submitted tasks.
   *
   * @param suspended whether some of these tasks belong to cancelled or paused batches
   */
  private void check(String route, boolean suspended) {
    LostTaskDetector detector = detectors.get(route);
    if (detector == null) {
      return; // the route is no longer in the settings
    }
    boolean quiet = places.isQuiet(route);
    detector.onCount(quiet, System.nanoTime());
    if (quiet || suspended) {
      leases
          .tryWith("lost tasks " + route, () -> recover(route, detector, quiet))
          .ifPresent(requeued -> report(route, requeued));
    }
    LoopWatch.progress();
  }

  private int recover(String route, LostTaskDetector detector, boolean quiet) {
    Set<UUID> lost =
        detector.check(tasks.of(route), () -> places.delayedTasks(route, quiet), System.nanoTime());
    return lost.isEmpty()
        ? 0
        : Objects.requireNonNull(transaction.execute(status -> tasks.requeue(route, lost)));
  }

  private void report(String route, int requeued) {
    if (requeued > 0) {
      count(route, requeued);
      LOG.atWarn()
          .addKeyValue("route", route)
          .log(
              "Route {}: {} tasks were in no queue and at no worker, and are queued again. The queue was probably deleted or purged.",
              route,
              requeued);
    }
  }

  private void count(String route, int lost) {
    metrics.counter("sluice.feed.lost", "route", route).increment(lost);
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
