package dev.sluice.producer.dispatch;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.infrastructure.trace.TaskTraces;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;

/**
 * Publishes the queued tasks of one route. Keeps two seconds of work ready for the workers, and at
 * most {@code max-tasks-in-broker} tasks in the broker; {@link BrokerSpace} has the exception.
 *
 * <p>A publication is committed before the broker is called, and deleted after the confirms; see
 * {@link Publications}. If the producer, the broker or the database fails in between, the
 * publication stays. Any producer finds it, and publishes its tasks again once they have left the
 * queue without an outcome ({@link UnconfirmedPublications}). One producer at a time feeds a route,
 * by its lease. No broker call is made in a transaction.
 */
final class RouteFeeder {
  private static final Logger LOG = LoggerFactory.getLogger(RouteFeeder.class);

  /** A cancelled batch stops soon. */
  private static final int MAX_TASKS_PER_PUBLICATION = 500;

  private final RouteSettings route;
  private final Backlog backlog;
  private final Publications publications;
  private final TaskPublisher publisher;
  private final RouteSuspensions suspensions;
  private final Leases leases;
  private final AmqpAdmin broker;
  private final TaskTraces traces;
  private final FeedMetrics metrics;
  private final QueueDepthTarget depthTarget = new QueueDepthTarget();
  private final UnconfirmedPublications unconfirmedPublications;

  /** Confirms that PostgreSQL has not recorded yet, because it was unavailable. */
  private @Nullable Confirms unrecorded;

  RouteFeeder(
      RouteSettings route,
      Backlog backlog,
      Publications publications,
      TaskPublisher publisher,
      RouteSuspensions suspensions,
      Leases leases,
      AmqpAdmin broker,
      TaskTraces traces,
      FeedMetrics metrics,
      UnconfirmedPublications unconfirmedPublications) {
    this.route = route;
    this.backlog = backlog;
    this.publications = publications;
    this.publisher = publisher;
    this.suspensions = suspensions;
    this.leases = leases;
    this.broker = broker;
    this.traces = traces;
    this.metrics = metrics;
    this.unconfirmedPublications = unconfirmedPublications;
  }

  private record Confirms(Publications.Publication publication, Set<UUID> tasks) {}

  /** Publishes the next tasks; true if the next round can follow at once. */
  boolean round() {
    Backlog.RouteBacklog routeBacklog = backlog.load(route.name(), route.maxTasksInBroker());
    metrics.loaded(routeBacklog);
    if (publisher.isBlocked() || !hasWork(routeBacklog)) {
      return false;
    }
    TaskPublisher.PublishedTasks published =
        leases
            .tryWith("feed " + route.name(), this::dispatch)
            .orElse(TaskPublisher.PublishedTasks.NOTHING);
    if (published.interrupted()) {
      Thread.currentThread().interrupt(); // only now: it would close the database connection
    }
    int count = published.confirmed().size();
    metrics.published(count);
    return count > 0;
  }

  private boolean hasWork(Backlog.RouteBacklog routeBacklog) {
    return routeBacklog.ready()
        || routeBacklog.suspended()
        || routeBacklog.unconfirmed()
        || suspensions.isAnnounced();
  }

  private TaskPublisher.PublishedTasks dispatch() {
    recordConfirms();
    // Read again under the lease: another producer may have published tasks in between.
    Backlog.RouteBacklog routeBacklog = backlog.load(route.name(), route.maxTasksInBroker());
    if (routeBacklog.suspended()) {
      suspensions.apply();
    } else {
      suspensions.clear();
    }
    Publications.FeedCounters counters = publications.counters(route.name());
    QueueInformation queue = broker.getQueueInfo(QueueNames.tasks(route.name(), Lane.BATCH));
    if (queue == null) { // TopologyWatch declares it again within 2 s
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    if (routeBacklog.unconfirmed()) {
      requeueLost(counters, queue.getMessageCount());
    }
    BrokerSpace space = routeBacklog.space();
    int free = Math.min(space.free(), MAX_TASKS_PER_PUBLICATION);
    if (free <= 0 || !routeBacklog.ready()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    int missing =
        depthTarget.missing(
            (int) queue.getMessageCount(),
            queue.getConsumerCount(),
            counters.confirmed(),
            System.nanoTime());
    return missing > 0
        ? publishNext(Math.min(free, missing), space.skipped())
        : TaskPublisher.PublishedTasks.NOTHING;
  }

  private TaskPublisher.PublishedTasks publishNext(int limit, Set<UUID> skippedBatches) {
    Timer.Sample sample = Timer.start();
    Publications.Started started =
        publications.start(route.name(), limit, skippedBatches).orElse(null);
    if (started == null) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    try (TaskTraces.PublishTrace trace =
        traces.startPublish(started.tasks().stream().map(Backlog.Candidate::message).toList())) {
      TaskPublisher.PublishedTasks published = publisher.publish(trace.tasks());
      if (!published.written()) {
        return requeueUnwritten(started.publication());
      }
      Set<UUID> confirmed =
          published.confirmed().stream().map(UUID::fromString).collect(Collectors.toSet());
      unrecorded = new Confirms(started.publication(), confirmed);
      recordConfirms();
      return published;
    } finally {
      sample.stop(metrics.publishTimer());
    }
  }

  /** Clears the interrupt flag, which would close the database connection. */
  private TaskPublisher.PublishedTasks requeueUnwritten(Publications.Publication publication) {
    boolean interrupted = Thread.interrupted();
    publications.requeue(publication);
    return new TaskPublisher.PublishedTasks(Set.of(), interrupted, false);
  }

  private void recordConfirms() {
    Confirms confirms = unrecorded;
    if (confirms != null) {
      publications.confirm(confirms.publication(), confirms.tasks());
      unrecorded = null;
    }
  }

  private void requeueLost(Publications.FeedCounters counters, long ready) {
    publications.deleteEnded(route.name());
    List<Publications.Publication> unconfirmed = publications.unconfirmed(route.name());
    if (unconfirmedPublications.isNew(unconfirmed) && !publisher.acceptsPublishes()) {
      return; // tasks of a blocked connection may still arrive
    }
    unconfirmedPublications
        .lost(unconfirmed, counters, ready, System.nanoTime())
        .forEach(this::requeue);
  }

  private void requeue(Publications.Publication lost) {
    int requeued = publications.requeue(lost);
    if (requeued > 0) {
      LOG.atWarn()
          .addKeyValue("route", route.name())
          .log(
              "Route {}: the broker did not confirm {} tasks, and they have no outcome {} s after they left the queue; they are published again",
              route.name(),
              requeued,
              unconfirmedPublications.outcomeTime().toSeconds());
    }
  }
}
