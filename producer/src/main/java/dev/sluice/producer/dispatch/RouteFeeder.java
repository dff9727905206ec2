package dev.sluice.producer.dispatch;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.producer.trace.TaskTraces;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Publishes the queued tasks of one route. Keeps two seconds of work ready for the workers, and at
 * most {@code max-tasks-in-broker} tasks in the broker; {@link BrokerSpace} has the exception.
 *
 * <p>One transaction locks the tasks, publishes them, and marks them as submitted after the
 * broker's confirm. If the broker or the database failed in between, some published tasks may be
 * unmarked. The next round then reads the ids in the queue before it publishes again: such tasks
 * are at the queue's tail, seconds away from a worker. After a crash of the producer tasks may be
 * published twice, with the same ids, so each still ends once. One producer at a time feeds a
 * route.
 */
final class RouteFeeder {
  private static final Logger LOG = LoggerFactory.getLogger(RouteFeeder.class);

  /** Keeps the locks short, and a cancelled batch stops soon. */
  private static final int MAX_TASKS_PER_TRANSACTION = 500;

  private final RouteSettings route;
  private final Backlog backlog;
  private final TaskPublisher publisher;
  private final RouteSuspensions suspensions;
  private final QueueInspector queueInspector;
  private final TaskTraces traces;
  private final AmqpAdmin broker;
  private final TransactionOperations transaction;
  private final Counter publishedCounter;
  private final Timer publishTimer;
  private final QueueDepthTarget depthTarget = new QueueDepthTarget();
  private final UnconfirmedTasks unconfirmedTasks = new UnconfirmedTasks();

  /** Whether published tasks may be unmarked. Initially true: an earlier process may have died. */
  private boolean unreconciled = true;

  private boolean reconciledAfterCommit;
  private List<UUID> lastBulk = List.of();
  private volatile Backlog.RouteBacklog lastBacklog =
      new Backlog.RouteBacklog(0, 0, BrokerSpace.unshared(0, 0), false, false);

  RouteFeeder(
      RouteSettings route,
      Backlog backlog,
      TaskPublisher publisher,
      RouteSuspensions suspensions,
      QueueInspector queueInspector,
      TaskTraces traces,
      AmqpAdmin broker,
      PlatformTransactionManager transactions,
      MeterRegistry metrics) {
    this.route = route;
    this.backlog = backlog;
    this.publisher = publisher;
    this.suspensions = suspensions;
    this.queueInspector = queueInspector;
    this.traces = traces;
    this.broker = broker;
    this.transaction = new TransactionTemplate(transactions);
    this.publishedCounter = metrics.counter("sluice.feed.tasks", "route", route.name());
    this.publishTimer = metrics.timer("sluice.feed.publish", "route", route.name());
    Gauge.builder("sluice.feed.in.broker", this, feeder -> feeder.lastBacklog.inBroker())
        .description("Tasks of the route in the broker or in a worker, at the feed's last check")
        .tag("route", route.name())
        .register(metrics);
    Gauge.builder("sluice.feed.queued", this, feeder -> feeder.lastBacklog.queued())
        .description("Tasks of the route that were queued in PostgreSQL at the feed's last check")
        .tag("route", route.name())
        .register(metrics);
  }

  /** Publishes tasks in one transaction; true if the next round can follow at once. */
  boolean round() {
    Backlog.RouteBacklog routeBacklog = backlog.load(route.name(), route.maxTasksInBroker());
    lastBacklog = routeBacklog;
    if (!routeBacklog.ready() && !routeBacklog.suspended() && !suspensions.isAnnounced()) {
      return false;
    }
    reconciledAfterCommit = !unreconciled;
    TaskPublisher.PublishedTasks publishedTasks =
        Objects.requireNonNull(transaction.execute(status -> dispatch()));
    unreconciled = !reconciledAfterCommit;
    if (publishedTasks.interrupted()) {
      Thread.currentThread().interrupt(); // only after the commit: it would close the connection
    }
    int count = publishedTasks.confirmed().size();
    publishedCounter.increment(count);
    return count > 0;
  }

  private TaskPublisher.PublishedTasks dispatch() {
    OptionalLong everPublished = backlog.lockRoute(route.name());
    if (everPublished.isEmpty()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    // Read again under the lock: another producer may have published tasks in between.
    Backlog.RouteBacklog routeBacklog = backlog.load(route.name(), route.maxTasksInBroker());
    if (routeBacklog.suspended()) {
      suspensions.apply();
    } else {
      suspensions.clear();
    }
    BrokerSpace space = routeBacklog.space();
    int free = Math.min(space.free(), MAX_TASKS_PER_TRANSACTION);
    if (free <= 0 || !routeBacklog.ready()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    QueueInformation queue = broker.getQueueInfo(QueueNames.tasks(route.name(), Lane.BATCH));
    if (queue == null) { // the admin declares it again on the next connection
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    if (unreconciled) {
      reconcile();
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    int missing =
        depthTarget.missing(
            (int) queue.getMessageCount(),
            queue.getConsumerCount(),
            everPublished.getAsLong(),
            System.nanoTime());
    return missing > 0
        ? publishNext(Math.min(free, missing), space.skipped())
        : TaskPublisher.PublishedTasks.NOTHING;
  }

  private TaskPublisher.PublishedTasks publishNext(int limit, Set<UUID> skipped) {
    List<Backlog.Candidate> next =
        backlog.selectNext(
            route.name(), limit, skipped, unconfirmedTasks.excluded(System.nanoTime()));
    if (next.isEmpty()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    Timer.Sample sample = Timer.start();
    unreconciled = true;
    lastBulk = next.stream().map(task -> task.toSubmitted().id()).toList();
    try (TaskTraces.PublishTrace trace =
        traces.startPublish(next.stream().map(Backlog.Candidate::message).toList())) {
      TaskPublisher.PublishedTasks publishedTasks = publisher.publish(trace.tasks());
      List<Backlog.Candidate> confirmed =
          next.stream()
              .filter(task -> publishedTasks.confirmed().contains(task.message().ids().taskId()))
              .toList();
      if (!confirmed.isEmpty()) {
        backlog.markSubmitted(route.name(), confirmed);
      }
      reconciledAfterCommit = confirmed.size() == next.size();
      return publishedTasks;
    } finally {
      sample.stop(publishTimer);
    }
  }

  private void reconcile() {
    List<UUID> ids =
        queueInspector.messageIds(route.name()).stream().flatMap(RouteFeeder::taskId).toList();
    int found = backlog.reconcileSubmitted(route.name(), ids);
    unconfirmedTasks.add(lastBulk, System.nanoTime());
    if (found > 0) {
      LOG.atInfo()
          .addKeyValue("route", route.name())
          .log(
              "Route {}: marked {} tasks as submitted that were in the queue", route.name(), found);
    }
    reconciledAfterCommit = !Thread.currentThread().isInterrupted();
  }

  /** The id of a task of this producer; external publishers may use other ids. */
  private static Stream<UUID> taskId(String id) {
    try {
      return Stream.of(UUID.fromString(id));
    } catch (IllegalArgumentException external) {
      return Stream.empty();
    }
  }
}
