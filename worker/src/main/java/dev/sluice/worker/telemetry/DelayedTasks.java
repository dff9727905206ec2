package dev.sluice.worker.telemetry;

import java.time.Duration;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/**
 * Counts the tasks of a route that this worker has delayed, per second of their return. The
 * broker's delay queues are shared by all routes and cannot provide this count.
 */
final class DelayedTasks {
  private final LongSupplier nowMillis;
  private final ConcurrentNavigableMap<Long, Integer> countBySecond = new ConcurrentSkipListMap<>();

  /**
   * @param nowMillis a monotonic clock, in milliseconds
   */
  DelayedTasks(LongSupplier nowMillis) {
    this.nowMillis = nowMillis;
  }

  void add(Duration delay) {
    countBySecond.merge((nowMillis.getAsLong() + delay.toMillis()) / 1000, 1, Integer::sum);
  }

  /** The number of delayed tasks that are not due yet. */
  int count() {
    return pending().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The seconds until the last delayed task is due; 0 if there is none. */
  long maxRemainingSeconds() {
    ConcurrentNavigableMap<Long, Integer> pending = pending();
    return pending.isEmpty() ? 0 : pending.lastKey() + 1 - nowMillis.getAsLong() / 1000;
  }

  private ConcurrentNavigableMap<Long, Integer> pending() {
    countBySecond.headMap(nowMillis.getAsLong() / 1000).clear();
    return countBySecond;
  }
}
