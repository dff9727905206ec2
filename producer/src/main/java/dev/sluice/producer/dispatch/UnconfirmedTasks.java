package dev.sluice.producer.dispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Tasks that were published and not confirmed, and are not in the queue either: the broker never
 * had them, or a worker has them in hand. They are held back for as long as most calls take, so
 * that their outcomes can come first.
 */
final class UnconfirmedTasks {
  private static final long HELD_NANOS = Duration.ofSeconds(30).toNanos();

  private final Map<UUID, Long> since = new HashMap<>();

  void add(Collection<UUID> tasks, long nanoTime) {
    tasks.forEach(task -> since.putIfAbsent(task, nanoTime));
  }

  /** Those that are held back still. */
  Set<UUID> held(long nanoTime) {
    since.values().removeIf(began -> nanoTime - began > HELD_NANOS);
    return Set.copyOf(since.keySet());
  }
}
