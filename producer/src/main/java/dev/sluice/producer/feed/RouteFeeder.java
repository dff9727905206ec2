package dev.sluice.producer.feed;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.TaskMessage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Keeps one route's window full: so many of its tasks, and no more, are in the broker.
 *
 * <p>Tasks are marked after the broker has confirmed them, in the transaction that locked them. Who
 * dies in between publishes them again: the same ids, so that each still ends once.
 */
final class RouteFeeder {
  /** Small enough that a cancelled batch stops soon and the locks are short. */
  private static final int MOST_AT_ONCE = 500;

  private final RouteSettings route;
  private final Backlog backlog;
  private final TaskPublisher publisher;
  private final TransactionOperations transaction;
  private final Counter fed;
  private final Timer rounds;
  private volatile int inBroker;

  RouteFeeder(
      RouteSettings route,
      Backlog backlog,
      TaskPublisher publisher,
      TransactionOperations transaction,
      MeterRegistry metrics) {
    this.route = route;
    this.backlog = backlog;
    this.publisher = publisher;
    this.transaction = transaction;
    this.fed = metrics.counter("sluice.feed.tasks", "route", route.name());
    this.rounds = metrics.timer("sluice.feed.publish", "route", route.name());
    Gauge.builder("sluice.feed.in.broker", this, feeder -> feeder.inBroker)
        .description("Tasks of the route that were in the broker at the feed's last look")
        .tag("route", route.name())
        .register(metrics);
  }

  /** Fills what is free of the window, a bulk at most; true where it took a whole bulk. */
  boolean round() {
    int before = backlog.inBroker(route.name());
    inBroker = before;
    int free = Math.min(route.window() - before, MOST_AT_ONCE);
    if (free <= 0) {
      return false;
    }
    TaskPublisher.Published published =
        Objects.requireNonNull(transaction.execute(status -> feed(free)));
    if (published.interrupted()) {
      Thread.currentThread().interrupt(); // not before the commit: it would cut its connection
    }
    int count = published.taken().size();
    inBroker = before + count;
    fed.increment(count);
    return count == free;
  }

  private TaskPublisher.Published feed(int free) {
    List<TaskMessage> next = backlog.take(route.name(), free);
    if (next.isEmpty()) {
      return TaskPublisher.Published.NOTHING;
    }
    Timer.Sample sample = Timer.start();
    try {
      TaskPublisher.Published published = publisher.publish(next);
      if (!published.taken().isEmpty()) {
        backlog.markSubmitted(published.taken().stream().map(UUID::fromString).toList());
      }
      return published;
    } finally {
      sample.stop(rounds);
    }
  }
}
