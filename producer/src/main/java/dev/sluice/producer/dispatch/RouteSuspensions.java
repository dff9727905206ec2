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

  /** A walk moves every other task, too: where it finds nothing, the next one can wait longer. */
  private static final long MAX_BETWEEN_WALKS_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long BETWEEN_MESSAGES_NANOS = Duration.ofSeconds(1).toNanos();

  private final String route;
  private final Backlog backlog;
  private final SuspensionPublisher voice;
  private final QueueWithdrawal queueWithdrawal;
  private final TransactionTemplate ownTransaction;
  private Map<UUID, Backlog.Suspension> halted = Map.of();
  private long toldAt;
  private long nextWalkAt;
  private long betweenWalks = BETWEEN_WALKS_NANOS;

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

  /**
   * Tells the workers every second, and walks through the queue: at once where other batches are
   * halted than before, then every second, and less often where there was nothing to take out.
   */
  void carryOut() {
    Map<UUID, Backlog.Suspension> now = backlog.halted(route);
    boolean changed = !now.equals(halted);
    long nanoTime = System.nanoTime();
    if (changed || nanoTime - toldAt >= BETWEEN_MESSAGES_NANOS) {
      voice.tell(route, now);
      halted = now;
      toldAt = nanoTime;
    }
    if (changed) {
      betweenWalks = BETWEEN_WALKS_NANOS;
    }
    if (changed || nanoTime - nextWalkAt >= 0) {
      nextWalkAt = nanoTime; // at once again where this one fails
      QueueWithdrawal.Walked walked = queueWithdrawal.recall(route, now, this::queuedAgain);
      betweenWalks =
          walked.found()
              ? BETWEEN_WALKS_NANOS
              : Math.min(2 * betweenWalks, MAX_BETWEEN_WALKS_NANOS);
      nextWalkAt = System.nanoTime() + (walked.whole() ? betweenWalks : 0);
    }
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
