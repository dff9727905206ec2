package dev.sluice.producer.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Suspends the tasks of cancelled and paused batches of one route: notifies the workers, and
 * withdraws the tasks from the route's queue.
 */
final class RouteSuspensions {
  /** Delayed tasks return to the queue at any time; the next scan withdraws them. */
  private static final long SCAN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final String route;
  private final Backlog backlog;
  private final SuspensionPublisher publisher;
  private final QueueWithdrawal queueWithdrawal;
  private final TransactionTemplate ownTransaction;
  private Map<UUID, Backlog.Suspension> announced = Map.of();
  private long scannedAt;

  RouteSuspensions(
      String route,
      Backlog backlog,
      SuspensionPublisher publisher,
      QueueWithdrawal queueWithdrawal,
      PlatformTransactionManager transactions) {
    this.route = route;
    this.backlog = backlog;
    this.publisher = publisher;
    this.queueWithdrawal = queueWithdrawal;
    this.ownTransaction = new TransactionTemplate(transactions);
    ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /** Whether the workers know of a suspended batch. */
  boolean isAnnounced() {
    return !announced.isEmpty();
  }

  /** Notifies the workers and scans the queue, once per second and after each change. */
  void apply() {
    Map<UUID, Backlog.Suspension> now = backlog.suspendedBatches(route);
    if (now.equals(announced) && System.nanoTime() - scannedAt < SCAN_INTERVAL_NANOS) {
      return;
    }
    publisher.publish(route, now);
    announced = now;
    queueWithdrawal.withdraw(route, now, this::requeue);
    scannedAt = System.nanoTime();
  }

  private void requeue(List<UUID> tasks) {
    ownTransaction.executeWithoutResult(status -> backlog.markQueued(route, tasks));
  }

  /** Notifies the workers that no batch is suspended, so that they do not wait for the expiry. */
  void clear() {
    if (isAnnounced()) {
      publisher.publish(route, Map.of());
      announced = Map.of();
    }
  }
}
