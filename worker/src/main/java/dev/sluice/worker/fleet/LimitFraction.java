package dev.sluice.worker.fleet;

import java.time.Duration;

/**
 * Of all consumers of a route those of this worker, as the broker counts them.
 *
 * <p>A smaller part counts at once, a larger one only when it has been seen for a while: the others
 * look now and then, and have to make room first. So the parts of all never add up to more than the
 * whole for long.
 */
final class LimitFraction {
  /** What a worker has before it knows better. */
  private static final double AT_FIRST = 0.01;

  private static final long TO_SETTLE = Duration.ofMillis(1_500).toNanos();

  private final int own;
  private double limitFraction = AT_FIRST;
  private double seen = AT_FIRST;
  private long seenSince;

  /**
   * @param own how many consumers this worker has
   */
  LimitFraction(int own, long now) {
    this.own = own;
    this.seenSince = now;
  }

  /** The broker counts so many consumers of the route. */
  synchronized void counted(int all, long now) {
    double current = (double) own / Math.max(all, own);
    if (current != seen) {
      seenSince = now;
    }
    seen = current;
    if (current <= limitFraction || now - seenSince >= TO_SETTLE) {
      limitFraction = current;
    }
  }

  /** Above 0 and up to 1. */
  synchronized double limitFraction() {
    return limitFraction;
  }
}
