package dev.sluice.producer.dispatch;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.store.Publications;
import dev.sluice.producer.store.RouteBacklogs.RouteBacklog;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;

/**
 * Publishes the queued tasks of one route. When half of the ready tasks are consumed, it publishes
 * until two seconds of work are ready for the workers, or {@code max-tasks-in-broker} tasks are in
 * the broker; {@link BrokerSpace} has the exception.
 *
 * <p>A publication is committed before the broker is called, and deleted after the confirms; see
 * {@link Publications}. If the producer, the broker or the database fails in between, the
 * publication stays. Any producer finds it, and publishes its tasks again once they have left the
 * queue without an outcome ({@link LostPublications}). One producer at a time dispatches the tasks
 * of a route, by its lease. No broker call is made in a transaction.
 */
final class RouteDispatcher {
  /** A cancelled batch stops soon. */
  private static final int MAX_TASKS_PER_PUBLICATION = 500;

  private final RouteSettings route;
  private final DispatchBacklogs backlogs;
  private final RoutePublisher publisher;
  private final LostPublications lostPublications;
  private final RouteSuspensions suspensions;
  private final Leases leases;
  private final AmqpAdmin broker;
  private final QueueDepthTarget depthTarget = new QueueDepthTarget();
  private boolean idle;

  RouteDispatcher(
      RouteSettings route,
      DispatchBacklogs backlogs,
      RoutePublisher publisher,
      LostPublications lostPublications,
      RouteSuspensions suspensions,
      Leases leases,
      AmqpAdmin broker) {
    this.route = route;
    this.backlogs = backlogs;
    this.publisher = publisher;
    this.lostPublications = lostPublications;
    this.suspensions = suspensions;
    this.leases = leases;
    this.broker = broker;
  }

  /** Publishes the next tasks; true if the next round can follow immediately. */
  boolean round() {
    RouteBacklog tasks = backlogs.load(route).tasks();
    idle = tasks.equals(RouteBacklog.NONE) && !suspensions.isAnnounced();
    if (!hasWork(tasks) || publisher.isBlocked()) {
      return false;
    }
    TaskPublisher.PublishedTasks published =
        leases
            .tryWith("feed " + route.name(), this::dispatch)
            .orElse(TaskPublisher.PublishedTasks.NOTHING);
    if (published.interrupted()) {
      Thread.currentThread().interrupt(); // only now: it would close the database connection
    }
    return !published.confirmed().isEmpty();
  }

  /** Whether the route had no unfinished task in the last round. */
  boolean isIdle() {
    return idle;
  }

  private boolean hasWork(RouteBacklog tasks) {
    return tasks.ready() || tasks.suspended() || tasks.unconfirmed() || suspensions.isAnnounced();
  }

  private TaskPublisher.PublishedTasks dispatch() {
    publisher.recordConfirms();
    // Read again under the lease: another producer may have published tasks in between.
    DispatchBacklogs.DispatchBacklog backlog = backlogs.load(route);
    RouteBacklog tasks = backlog.tasks();
    if (tasks.suspended()) {
      suspensions.apply();
    } else {
      suspensions.clear();
    }
    Publications.DispatchCounters counters = publisher.counters();
    QueueInformation queue = broker.getQueueInfo(QueueNames.tasks(route.name(), Lane.BATCH));
    if (queue == null) { // TopologyWatch declares it again within 2 s
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    if (tasks.unconfirmed()) {
      lostPublications.requeue(counters, queue.getMessageCount());
    }
    BrokerSpace space = backlog.space();
    int free = Math.min(space.free(), MAX_TASKS_PER_PUBLICATION);
    if (free <= 0 || !tasks.ready()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    int ready = (int) queue.getMessageCount();
    int consumers = queue.getConsumerCount();
    int missing = depthTarget.missing(ready, consumers, counters.confirmed(), System.nanoTime());
    int next = Math.min(free, missing);
    // Few large publications cost less than many small ones; without consumers there are few.
    boolean worthwhile = next > 0 && (next >= ready || consumers == 0);
    return worthwhile
        ? publisher.publishNext(next, space.skipped())
        : TaskPublisher.PublishedTasks.NOTHING;
  }
}
