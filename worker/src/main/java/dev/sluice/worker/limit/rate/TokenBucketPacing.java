package dev.sluice.worker.limit.rate;

/**
 * Proportional control of a token bucket, down to a small reserve.
 *
 * <pre>
 *   rate = steady + (level - reserve) / 1 s     above the reserve
 *   rate = steady * level / reserve             below it
 *
 *   reserve = min(0.4 * depth, 1 s of the limit)
 * </pre>
 *
 * <p>A deep bucket is spent as fast as concurrency allows, and then at its refill. A shallow one is
 * spent to the reserve, which covers jitter and calls of different sizes. The usage of other
 * clients with the same key lowers the level, and so the rate. The rate is at most the limit if the
 * bucket holds fewer than three calls.
 *
 * @param level the predicted level of the bucket
 * @param depth of the bucket
 * @param perSecond the limit
 * @param cost of one call
 */
record TokenBucketPacing(double level, double depth, double perSecond, double cost)
    implements PacingStrategy {
  private static final double MAX_RESERVE = 0.4;
  private static final double RESERVE_SECONDS = 1;
  private static final double SPEND_DOWN_SECONDS = 1;

  /** A bucket that holds fewer calls than this never exceeds the limit's rate. */
  private static final int MIN_CALLS_FOR_BURST = 3;

  /** A bucket of at least this many seconds of refill is deep. */
  private static final double MIN_DEEP_SECONDS = 10;

  /** A 429 while more than a tenth of a deep bucket remains has another cause. */
  private static final double LARGE_RESERVE = 0.1;

  /** Whether the bucket holds so much that it cannot be the cause of a 429. */
  boolean hasLargeReserve() {
    return depth >= MIN_DEEP_SECONDS * perSecond && level > LARGE_RESERVE * depth;
  }

  @Override
  public double perSecond(double steady, double max, long now) {
    double reserve = Math.min(MAX_RESERVE * depth, RESERVE_SECONDS * perSecond);
    double rate =
        level > reserve
            ? steady + (level - reserve) / SPEND_DOWN_SECONDS
            : steady * level / reserve;
    return Math.min(rate, depth >= MIN_CALLS_FOR_BURST * cost ? max : Math.min(steady, max));
  }
}
