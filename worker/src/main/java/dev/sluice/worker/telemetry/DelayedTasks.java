package dev.sluice.worker.telemetry;

import java.time.Duration;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/**
 * The tasks that this worker has sent to wait in the broker, and until when: by the second, since
 * the broker's delay queues know no routes.
 */
final class DelayedTasks {
  private final LongSupplier nowMillis;
  private final ConcurrentNavigableMap<Long, Integer> backInSecond = new ConcurrentSkipListMap<>();

  /**
   * @param nowMillis of a steady clock
   */
  DelayedTasks(LongSupplier nowMillis) {
    this.nowMillis = nowMillis;
  }

  void add(Duration time) {
    backInSecond.merge((nowMillis.getAsLong() + time.toMillis()) / 1000, 1, Integer::sum);
  }

  /** How many are not back yet. */
  int waiting() {
    return stillWaiting().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many seconds until the last of them is back; 0 where none waits. */
  long secondsToLast() {
    ConcurrentNavigableMap<Long, Integer> waiting = stillWaiting();
    return waiting.isEmpty() ? 0 : waiting.lastKey() + 1 - nowMillis.getAsLong() / 1000;
  }

  private ConcurrentNavigableMap<Long, Integer> stillWaiting() {
    backInSecond.headMap(nowMillis.getAsLong() / 1000).clear();
    return backInSecond;
  }
}
