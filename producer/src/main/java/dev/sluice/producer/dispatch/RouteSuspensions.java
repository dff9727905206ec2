package dev.sluice.producer.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the tasks of batches that were cancelled or paused from being called: the workers are told,
 * and what waits in the route's queue is taken out.
 */
final class RouteSuspensions {
  /** What comes back to the queue meanwhile, from a delay, is taken out at the next walk. */
  private static final long BETWEEN_WALKS_NANOS = Duration.ofSeconds(1).toNanos();

  private final String route;
  private final Backlog backlog;
  private final SuspensionPublisher voice;
  private final QueueWithdrawal queueWithdrawal;
  private final TransactionTemplate ownTransaction;
  private Map<UUID, Backlog.Suspension> halted = Map.of();
  private long walkedAt;

  RouteSuspensions(
      String route,
      Backlog backlog,
      SuspensionPublisher voice,
      QueueWithdrawal queueWithdrawal,
      PlatformTransactionManager transactions) {
    this.route = route;
    this.backlog = backlog;
    this.voice = voice;
    this.queueWithdrawal = queueWithdrawal;
    this.ownTransaction = new TransactionTemplate(transactions);
    ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /** Whether the workers were told of any. */
  boolean any() {
    return !halted.isEmpty();
  }

  /** Tells and walks, about once a second and whenever there are others than before. */
  void carryOut() {
    Map<UUID, Backlog.Suspension> now = backlog.halted(route);
    if (now.equals(halted) && System.nanoTime() - walkedAt < BETWEEN_WALKS_NANOS) {
      return;
    }
    voice.tell(route, now);
    halted = now;
    queueWithdrawal.recall(route, now, this::queuedAgain);
    walkedAt = System.nanoTime();
  }

  private void queuedAgain(List<UUID> tasks) {
    ownTransaction.executeWithoutResult(status -> backlog.markQueued(route, tasks));
  }

  /** No batch is halted any more: the workers need not wait until they have forgotten it. */
  void lift() {
    if (any()) {
      voice.tell(route, Map.of());
      halted = Map.of();
    }
  }
}
