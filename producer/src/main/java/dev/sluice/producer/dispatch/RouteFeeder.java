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
 * Keeps one route's queue short and its workers busy: some seconds of work are ready, and never
 * more than the route's window is in the broker.
 *
 * <p>Tasks are marked after the broker has confirmed them, in the transaction that locked them. Of
 * what is not known to have arrived, because the broker died or the database did, the queue itself
 * is asked before it is published again: it is at the queue's end, some seconds away from any
 * worker. A producer that dies in between publishes them again: the same ids, so that each still
 * ends once. Of several producers one at a time feeds a route.
 */
final class RouteFeeder {
  private static final Logger LOG = LoggerFactory.getLogger(RouteFeeder.class);

  /** Small enough that a cancelled batch stops soon and the locks are short. */
  private static final int MOST_AT_ONCE = 500;

  private final RouteSettings route;
  private final Backlog backlog;
  private final TaskPublisher publisher;
  private final RouteSuspensions halts;
  private final QueueInspector look;
  private final TaskTraces traces;
  private final AmqpAdmin broker;
  private final TransactionOperations transaction;
  private final Counter fed;
  private final Timer rounds;
  private final QueueDepthTarget ready = new QueueDepthTarget();
  private final UnconfirmedTasks unconfirmedTasks = new UnconfirmedTasks();

  /** Whether something may have been published that is not marked: also by who was here before. */
  private boolean unsure = true;

  private boolean sureAfterCommit;
  private List<UUID> lastBulk = List.of();
  private volatile Backlog.RouteBacklog last = new Backlog.RouteBacklog(0, 0, false, false);

  RouteFeeder(
      RouteSettings route,
      Backlog backlog,
      TaskPublisher publisher,
      RouteSuspensions halts,
      QueueInspector look,
      TaskTraces traces,
      AmqpAdmin broker,
      PlatformTransactionManager transactions,
      MeterRegistry metrics) {
    this.route = route;
    this.backlog = backlog;
    this.publisher = publisher;
    this.halts = halts;
    this.look = look;
    this.traces = traces;
    this.broker = broker;
    this.transaction = new TransactionTemplate(transactions);
    this.fed = metrics.counter("sluice.feed.tasks", "route", route.name());
    this.rounds = metrics.timer("sluice.feed.publish", "route", route.name());
    Gauge.builder("sluice.feed.in.broker", this, feeder -> feeder.last.inBroker())
        .description("Tasks of the route that were in the broker at the feed's last look")
        .tag("route", route.name())
        .register(metrics);
    Gauge.builder("sluice.feed.queued", this, feeder -> feeder.last.queued())
        .description("Tasks of the route that waited in PostgreSQL at the feed's last look")
        .tag("route", route.name())
        .register(metrics);
  }

  /** Feeds a bulk at most; true where there is room and work for another at once. */
  boolean round() {
    Backlog.RouteBacklog routeBacklog = backlog.standing(route.name());
    last = routeBacklog;
    if (!routeBacklog.ready() && !routeBacklog.halted() && !halts.any()) {
      return false;
    }
    sureAfterCommit = !unsure;
    TaskPublisher.PublishedTasks publishedTasks =
        Objects.requireNonNull(transaction.execute(status -> turn()));
    unsure = !sureAfterCommit;
    if (publishedTasks.interrupted()) {
      Thread.currentThread().interrupt(); // not before the commit: it would cut its connection
    }
    int count = publishedTasks.taken().size();
    fed.increment(count);
    return count > 0;
  }

  private TaskPublisher.PublishedTasks turn() {
    OptionalLong everPublished = backlog.lockRoute(route.name());
    if (everPublished.isEmpty()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    // Looked at anew: another producer may have fed the route since.
    Backlog.RouteBacklog routeBacklog = backlog.standing(route.name());
    if (routeBacklog.halted()) {
      halts.carryOut();
    } else {
      halts.lift();
    }
    int free = Math.min(route.maxTasksInBroker() - routeBacklog.inBroker(), MOST_AT_ONCE);
    if (free <= 0 || !routeBacklog.ready()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    QueueInformation queue = broker.getQueueInfo(QueueNames.tasks(route.name(), Lane.BATCH));
    if (queue == null) { // declared anew with the next connection
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    if (unsure) {
      markWhatArrived();
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    int missing =
        ready.missing(
            (int) queue.getMessageCount(),
            queue.getConsumerCount(),
            everPublished.getAsLong(),
            System.nanoTime());
    return missing > 0 ? feed(Math.min(free, missing)) : TaskPublisher.PublishedTasks.NOTHING;
  }

  private TaskPublisher.PublishedTasks feed(int free) {
    List<Backlog.Candidate> next =
        backlog.selectNext(route.name(), free, unconfirmedTasks.held(System.nanoTime()));
    if (next.isEmpty()) {
      return TaskPublisher.PublishedTasks.NOTHING;
    }
    Timer.Sample sample = Timer.start();
    unsure = true;
    lastBulk = next.stream().map(task -> task.fed().id()).toList();
    try (TaskTraces.PublishTrace trace =
        traces.startPublish(next.stream().map(Backlog.Candidate::message).toList())) {
      TaskPublisher.PublishedTasks publishedTasks = publisher.publish(trace.tasks());
      List<Backlog.Candidate> taken =
          next.stream()
              .filter(task -> publishedTasks.taken().contains(task.message().ids().taskId()))
              .toList();
      if (!taken.isEmpty()) {
        backlog.markSubmitted(route.name(), taken);
      }
      sureAfterCommit = taken.size() == next.size();
      return publishedTasks;
    } finally {
      sample.stop(rounds);
    }
  }

  private void markWhatArrived() {
    List<UUID> ids = look.ids(route.name()).stream().flatMap(RouteFeeder::ofOurs).toList();
    int found = backlog.reconcileSubmitted(route.name(), ids);
    unconfirmedTasks.add(lastBulk, System.nanoTime());
    if (found > 0) {
      LOG.atInfo()
          .addKeyValue("route", route.name())
          .log("Route {}: {} tasks were in the queue and not marked", route.name(), found);
    }
    sureAfterCommit = !Thread.currentThread().isInterrupted();
  }

  /** The queue may hold tasks of somebody else. */
  private static Stream<UUID> ofOurs(String id) {
    try {
      return Stream.of(UUID.fromString(id));
    } catch (IllegalArgumentException foreign) {
      return Stream.empty();
    }
  }
}
