package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.Publications;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Decides when the tasks of an unconfirmed publication are published again.
 *
 * <p>Such tasks may be in the queue, at a worker, or nowhere. This class compares counters, and
 * reads no message, because each read of a quorum queue counts towards its delivery limit. The
 * queue is FIFO: while it contains a task of the publication, it also contains all tasks that were
 * confirmed later. So the publication has left the queue once no more tasks are ready than were
 * confirmed since. After that, workers may still run its tasks. Most outcomes arrive within a
 * minute; the tasks without one are then published again.
 *
 * <p>Tasks that return to the end of the queue after a delay make the wait longer.
 */
final class UnconfirmedPublications {
  private final Map<UUID, Progress> byId = new HashMap<>();
  private final Duration outcomeTime;

  /**
   * @param outcomeTime how long the tasks of a publication that has left the queue may be without
   *     an outcome
   */
  UnconfirmedPublications(Duration outcomeTime) {
    this.outcomeTime = outcomeTime;
  }

  Duration outcomeTime() {
    return outcomeTime;
  }

  /** What is known of a publication. */
  private sealed interface Progress {
    /** It may be in the queue. {@code counters} were read when the observation started. */
    record MaybeQueued(Publications.DispatchCounters counters) implements Progress {}

    /** It has left the queue. */
    record Left(long nanoTime) implements Progress {}
  }

  /** Whether a publication is not observed yet. */
  boolean isNew(List<Publications.Publication> unconfirmed) {
    return !byId.keySet().containsAll(ids(unconfirmed));
  }

  /**
   * Continues the observation.
   *
   * @param unconfirmed all unconfirmed publications of the route. The broker has received all that
   *     it will ever receive of them
   * @param counters read before {@code ready}
   * @param ready tasks in the queue that no worker has received
   * @return the publications whose tasks are published again
   */
  List<Publications.Publication> lost(
      List<Publications.Publication> unconfirmed,
      Publications.DispatchCounters counters,
      long ready,
      long nanoTime) {
    byId.keySet().retainAll(ids(unconfirmed));
    return unconfirmed.stream()
        .filter(publication -> isLost(publication.id(), counters, ready, nanoTime))
        .toList();
  }

  private boolean isLost(
      UUID id, Publications.DispatchCounters counters, long ready, long nanoTime) {
    return switch (byId.get(id)) {
      case null -> {
        byId.put(id, new Progress.MaybeQueued(counters));
        yield false;
      }
      case Progress.MaybeQueued(Publications.DispatchCounters before) -> {
        if (counters.scans() != before.scans()) { // a scan changed the order of the tasks
          byId.put(id, new Progress.MaybeQueued(counters));
        } else if (ready <= counters.confirmed() - before.confirmed()) {
          byId.put(id, new Progress.Left(nanoTime));
        }
        yield false;
      }
      case Progress.Left left -> nanoTime - left.nanoTime() >= outcomeTime.toNanos();
    };
  }

  private static Set<UUID> ids(List<Publications.Publication> publications) {
    Set<UUID> ids = new HashSet<>();
    publications.forEach(publication -> ids.add(publication.id()));
    return ids;
  }
}
