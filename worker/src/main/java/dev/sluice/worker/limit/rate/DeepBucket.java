package dev.sluice.worker.limit.rate;

/**
 * Spend-down of a token bucket that holds many seconds of its refill.
 *
 * <pre>
 *   rate = level / T
 *   T    = max(5 s, 4 * latency, refill time of 2 calls), at most depth / (2 * limit)
 * </pre>
 *
 * <p>The level settles at T seconds of the refill. The usage of other clients with the same key
 * lowers the level, and so the rate.
 *
 * @param reading the latest reply
 * @param depth of the bucket, by the latest reply
 * @param latency average duration of a call in seconds: the reading is at least that old
 */
record DeepBucket(QuotaReading reading, double depth, double latency) implements PacingStrategy {
  /** A bucket of at least this many seconds of refill is deep. */
  private static final double MIN_SECONDS = 10;

  private static final double SPEND_DOWN_SECONDS = 5;

  /** The spend-down takes at least a few round trips, because the reading is that old. */
  private static final double SPEND_DOWN_LATENCIES = 4;

  private static final double SPEND_DOWN_CALLS = 2;

  /** A 429 while more than a tenth of the depth remains has another cause. */
  private static final double RESERVE_DIVISOR = 10;

  static boolean isDeep(QuotaReading reading, double depth) {
    return depth >= MIN_SECONDS * reading.perSecond();
  }

  /** Whether the bucket holds so much that it cannot be the cause of a 429. */
  boolean hasLargeReserve(long now) {
    return reading.bucketLevel(depth, now) > depth / RESERVE_DIVISOR;
  }

  @Override
  public double perSecond(double steady, double max, long now) {
    double maxSeconds = depth / reading.perSecond() / 2;
    double secondsOfCalls = SPEND_DOWN_CALLS * reading.cost() / reading.perSecond();
    double seconds =
        Math.max(SPEND_DOWN_SECONDS, Math.max(SPEND_DOWN_LATENCIES * latency, secondsOfCalls));
    return Math.min(reading.bucketLevel(depth, now) / Math.min(maxSeconds, seconds), max);
  }
}
