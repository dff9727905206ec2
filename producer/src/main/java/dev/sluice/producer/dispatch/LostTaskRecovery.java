package dev.sluice.producer.dispatch;

import dev.sluice.common.wire.ServiceTier;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.dispatch.search.BusyRouteSearch;
import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.store.SubmittedTasks;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/**
 * Returns lost tasks to the backlog: those that are recorded as submitted, but whose queue was
 * deleted or purged. {@link LostTaskDetector} finds those of idle routes and of cancelled batches,
 * {@link BusyRouteSearch} the others.
 */
@Component
class LostTaskRecovery extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(LostTaskRecovery.class);

  private final Map<String, LostTaskDetector> detectors = new HashMap<>();
  private final Map<String, BusyRouteSearch> searches = new HashMap<>();
  private final SubmittedTasks tasks;
  private final TaskPlaces places;
  private final SearchedRoutes searchedRoutes;
  private final Leases leases;
  private final MeterRegistry metrics;
  private final BackgroundLoop loop;

  LostTaskRecovery(
      Routes routes,
      DispatchSettings settings,
      SubmittedTasks tasks,
      TaskPlaces places,
      SearchedRoutes searchedRoutes,
      Leases leases,
      MeterRegistry metrics) {
    this.tasks = tasks;
    this.places = places;
    this.searchedRoutes = searchedRoutes;
    this.leases = leases;
    this.metrics = metrics;
    this.loop = new BackgroundLoop("lost-tasks", settings.checkInterval(), this::round);
    for (RouteSettings route : routes.all()) {
      detectors.put(
          route.name(),
          new LostTaskDetector(
              settings.lostAfter(), route.provider().callTimeout(ServiceTier.FLEX)));
      searches.put(route.name(), new BusyRouteSearch(settings.lostAfter()));
      count(route.name(), 0); // PromQL's increase() misses the first event of a new series
    }
  }

  /** A route whose submitted tasks may be lost. */
  private record CheckedRoute(
      String route,
      LostTaskDetector detector,
      BusyRouteSearch search,
      boolean idle,
      boolean suspended) {
    boolean isSearchDue() {
      return search.isDue(idle, System.nanoTime());
    }
  }

  private boolean round() {
    List<CheckedRoute> checkedRoutes = new ArrayList<>();
    tasks
        .routes()
        .forEach((route, suspended) -> count(route, suspended).ifPresent(checkedRoutes::add));
    if (!checkedRoutes.isEmpty()) {
      leases
          .tryWith("lost tasks", () -> recover(checkedRoutes))
          .ifPresent(requeued -> requeued.forEach(this::report));
    }
    return false;
  }

  /**
   * Counts the tasks of a route.
   *
   * @param suspended whether some of its submitted tasks belong to cancelled or paused batches
   */
  private Optional<CheckedRoute> count(String route, boolean suspended) {
    LostTaskDetector detector = detectors.get(route);
    BusyRouteSearch search = searches.get(route);
    if (detector == null || search == null) {
      return Optional.empty(); // the route is no longer in the settings
    }
    boolean idle = places.isIdle(route);
    detector.onCount(idle, System.nanoTime());
    LoopWatch.progress();
    CheckedRoute checkedRoute = new CheckedRoute(route, detector, search, idle, suspended);
    return idle || suspended || checkedRoute.isSearchDue()
        ? Optional.of(checkedRoute)
        : Optional.empty();
  }

  /**
   * Requeues the lost tasks. One lease and one read of the delay queues for all routes, because the
   * delay queues hold the tasks of all routes.
   *
   * @return the number of requeued tasks by route
   */
  private Map<String, Integer> recover(List<CheckedRoute> checkedRoutes) {
    Supplier<Optional<Set<UUID>>> delayedTasks = SingletonSupplier.of(places::delayedTasks);
    Map<String, Integer> requeued = new HashMap<>();
    for (CheckedRoute checkedRoute : checkedRoutes) {
      requeued.put(checkedRoute.route(), recover(checkedRoute, delayedTasks));
      LoopWatch.progress();
    }
    return requeued;
  }

  private int recover(CheckedRoute checkedRoute, Supplier<Optional<Set<UUID>>> delayedTasks) {
    String route = checkedRoute.route();
    Set<UUID> lost = new HashSet<>();
    if (checkedRoute.isSearchDue()) {
      lost.addAll(checkedRoute.search().step(searchedRoutes.of(route), System.nanoTime()));
    }
    if (checkedRoute.idle() || checkedRoute.suspended()) {
      lost.addAll(
          checkedRoute
              .detector()
              .check(
                  tasks.of(route),
                  () ->
                      delayedTasks
                          .get()
                          .filter(read -> !checkedRoute.idle() || places.isQueueEmpty(route)),
                  System.nanoTime()));
    }
    return lost.isEmpty() ? 0 : tasks.requeueLost(route, lost);
  }

  private void report(String route, int requeued) {
    if (requeued > 0) {
      count(route, requeued);
      LOG.atWarn()
          .addKeyValue("route", route)
          .log(
              "Route {}: {} tasks were in no queue and at no worker, and are queued again. The"
                  + " queue was probably deleted or purged.",
              route,
              requeued);
    }
  }

  private void count(String route, int lost) {
    metrics.counter("sluice.dispatch.lost", "route", route).increment(lost);
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
