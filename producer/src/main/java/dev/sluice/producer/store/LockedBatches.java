package dev.sluice.producer.store;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;

/**
 * Batches whose rows the current transaction has locked. Methods that count finished or replayed
 * tasks require it.
 *
 * <p>Lock order of all transactions (prevents deadlocks): batches, dead letter, tasks, batch-route
 * counters, costs; each by id. A transaction that only moves tasks between PostgreSQL and the
 * broker starts with the tasks.
 */
public final class LockedBatches {
  private final Set<UUID> ids;
  private final Set<UUID> withDependents;

  LockedBatches(Collection<UUID> ids, Collection<UUID> withDependents) {
    this.ids = Set.copyOf(ids);
    this.withDependents = Set.copyOf(withDependents);
  }

  /**
   * The id of a locked batch.
   *
   * @throws IllegalStateException if it is not locked
   */
  UUID require(UUID batch) {
    if (!ids.contains(batch)) {
      throw new IllegalStateException(
          "%s is not locked; lock it first with BatchLocks".formatted(new BatchId(batch)));
    }
    return batch;
  }

  /** Whether tasks of the batch wait for others. */
  public boolean hasDependents(BatchId batch) {
    return withDependents.contains(batch.uuid());
  }
}
