package dev.sluice.producer.dispatch;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.store.Publications;
import dev.sluice.producer.store.RouteBacklogs.RouteBacklog;
import java.util.Set;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;

/**
 * Publishes the queued tasks of one route. When half of the ready tasks are consumed, it publishes
 * until two seconds of work are ready for the workers, or {@code max-tasks-in-broker} tasks are in
 * the broker; {@link BrokerSpace} and {@link CrowdingProjects} have the exceptions.
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
  private final CrowdingDetector crowdingDetector = new CrowdingDetector();
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
    return tasks.ready()
        || tasks.suspended()
        || tasks.unconfirmed()
        || suspensions.isAnnounced()
        || !crowding(tasks).isEmpty();
  }

  private CrowdingProjects crowding(RouteBacklog tasks) {
    return crowdingDetector.detect(tasks, System.nanoTime());
  }

  private TaskPublisher.PublishedTasks dispatch() {
    publisher.recordConfirms();
    // Read again under the lease: another producer may have published tasks in between.
    DispatchBacklogs.DispatchBacklog backlog = backlogs.load(route);
    RouteBacklog tasks = backlog.tasks();
    CrowdingProjects crowding = crowding(tasks);
    if (tasks.suspended() || !crowding.isEmpty()) {
      suspensions.apply(crowding);
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
    int consumers = queue.getConsumerCount();
    int ready = (int) queue.getMessageCount();
    int depth = depthTarget.next(ready, consumers, counters.confirmed(), System.nanoTime());
    crowdingDetector.sample(tasks.inBroker(), counters.confirmed(), consumers, System.nanoTime());
    // While others wait, the tasks of a crowding project neither count nor are published.
    boolean othersFirst = crowding.othersReady();
    int counted = othersFirst ? Math.max(0, crowding.othersInBroker() - consumers) : ready;
    int target = othersFirst ? crowdingDetector.depth() : depth;
    int free =
        othersFirst
            ? 2 * route.maxTasksInBroker() - tasks.inBroker()
            : tasks.ready() ? backlog.space().free() : 0;
    int next = Math.min(free, target - counted);
    // Few large publications cost less than many small ones; without consumers there are few.
    boolean worthwhile = next > 0 && (next >= counted || consumers == 0);
    return worthwhile
        ? publisher.publishNext(
            Math.min(next, MAX_TASKS_PER_PUBLICATION),
            new Publications.Skipped(
                backlog.space().skipped(), othersFirst ? crowding.delays().keySet() : Set.of()))
        : TaskPublisher.PublishedTasks.NOTHING;
  }
}
