package dev.sluice.producer.live;

import java.time.Duration;

/**
 * Limits the live tasks of a route that the producer has sent and no worker has claimed.
 *
 * <p>A call waits behind them, even if it is of another key. While workers claim tasks soon, the
 * limit increases by one for each claim, so that it does not limit the throughput. If a task has
 * waited for its claim, for a permit or a free consumer, the limit returns to its minimum.
 */
final class UnclaimedLimit {
  private static final int MIN = 2;
  private static final int MAX = 64;
  private static final Duration SOON = Duration.ofMillis(25);
  private static final Duration LONG = Duration.ofMillis(100);

  private int perWorker = MIN;

  /** The maximum number of unclaimed tasks per worker. */
  int perWorker() {
    return perWorker;
  }

  /**
   * A worker has claimed a task.
   *
   * @param wait the time since the task was sent
   */
  void onClaimed(Duration wait) {
    if (wait.compareTo(SOON) < 0) {
      perWorker = Math.min(perWorker + 1, MAX);
    } else if (wait.compareTo(LONG) > 0) {
      perWorker = MIN;
    }
  }
}
