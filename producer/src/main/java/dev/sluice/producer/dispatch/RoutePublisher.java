package dev.sluice.producer.dispatch;

import dev.sluice.producer.infrastructure.trace.TaskTraces;
import dev.sluice.producer.store.Publications;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Publishes the next tasks of one route. A publication is committed before the broker is called,
 * and deleted after the confirms; see {@link Publications}.
 */
final class RoutePublisher {
  private final String route;
  private final Publications publications;
  private final TaskPublisher publisher;
  private final TaskTraces traces;
  private final Counter publishedTasks;
  private final Timer publishTimer;

  /** Confirms that PostgreSQL has not recorded yet, because it was unavailable. */
  private @Nullable Confirms unrecorded;

  RoutePublisher(
      String route,
      Publications publications,
      TaskPublisher publisher,
      TaskTraces traces,
      MeterRegistry metrics) {
    this.route = route;
    this.publications = publications;
    this.publisher = publisher;
    this.traces = traces;
    this.publishedTasks = metrics.counter("sluice.dispatch.tasks", "route", route);
    this.publishTimer = metrics.timer("sluice.dispatch.publish", "route", route);
  }

  /** Creates the publisher of each route, and what finds its lost publications. */
  @Component
  record Factory(
      Publications publications,
      TaskPublisher publisher,
      DispatchSettings settings,
      TaskTraces traces,
      MeterRegistry metrics) {
    RoutePublisher of(String route) {
      return new RoutePublisher(route, publications, publisher, traces, metrics);
    }

    LostPublications lost(String route) {
      return new LostPublications(
          route, publications, publisher, new UnconfirmedPublications(settings.outcomeTime()));
    }
  }

  private record Confirms(Publications.Publication publication, Set<UUID> tasks) {}

  boolean isBlocked() {
    return publisher.isBlocked();
  }

  Publications.DispatchCounters counters() {
    return publications.counters(route);
  }

  /** Publishes the next tasks, at most {@code limit}, without the skipped ones. */
  TaskPublisher.PublishedTasks publishNext(int limit, Publications.Skipped skipped) {
    Timer.Sample sample = Timer.start();
    Publications.Started started = publications.start(route, limit, skipped).orElse(null);
    if (started == null) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    try (TaskTraces.PublishTrace trace = traces.startPublish(started.tasks())) {
      TaskPublisher.PublishedTasks published = publisher.publish(trace.tasks());
      if (!published.written()) {
        return requeueUnwritten(started.publication());
      }
      Set<UUID> confirmed =
          published.confirmed().stream().map(UUID::fromString).collect(Collectors.toSet());
      unrecorded = new Confirms(started.publication(), confirmed);
      publishedTasks.increment(confirmed.size());
      recordConfirms();
      return published;
    } finally {
      sample.stop(publishTimer);
    }
  }

  /** Clears the interrupt flag, which would close the database connection. */
  private TaskPublisher.PublishedTasks requeueUnwritten(Publications.Publication publication) {
    boolean interrupted = Thread.interrupted();
    publications.requeue(publication);
    return new TaskPublisher.PublishedTasks(Set.of(), interrupted, false);
  }

  void recordConfirms() {
    Confirms confirms = unrecorded;
    if (confirms != null) {
      publications.confirm(confirms.publication(), confirms.tasks());
      unrecorded = null;
    }
  }
}
