package dev.sluice.producer.dispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Published but unconfirmed tasks that are not in the queue either: the broker never received them,
 * or a worker is processing them. They are published again after 30 s unless an outcome arrives
 * first; most calls take less time than that.
 */
final class UnconfirmedTasks {
  private static final long EXCLUSION_NANOS = Duration.ofSeconds(30).toNanos();

  private final Map<UUID, Long> addedAt = new HashMap<>();

  void add(Collection<UUID> tasks, long nanoTime) {
    tasks.forEach(task -> addedAt.putIfAbsent(task, nanoTime));
  }

  /** The tasks that must not be published yet. */
  Set<UUID> excluded(long nanoTime) {
    addedAt.values().removeIf(added -> nanoTime - added > EXCLUSION_NANOS);
    return Set.copyOf(addedAt.keySet());
  }
}
