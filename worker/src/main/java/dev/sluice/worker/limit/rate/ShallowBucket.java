package dev.sluice.worker.limit.rate;

/**
 * Proportional control of a token bucket that holds few seconds of its refill.
 *
 * <pre>
 *   rate = steady * min((level / depth - 0.1) / 0.4, 1.15)
 * </pre>
 *
 * <p>The level settles at about half of the depth, where the rate equals the limit. The factor is
 * at most 1 if the bucket holds fewer than three calls.
 *
 * @param reading the latest reply
 * @param depth of the bucket, by the latest reply
 */
record ShallowBucket(QuotaReading reading, double depth) implements PacingStrategy {
  /** Fill that is kept as a reserve. */
  private static final double RESERVE = 0.1;

  /** Fill above the reserve at which the rate equals the limit. */
  private static final double STEADY_FILL = 0.4;

  private static final double MAX_FACTOR = 1.15;

  /** A bucket that holds fewer calls than this never exceeds the limit's rate. */
  private static final int MIN_CALLS_FOR_BURST = 3;

  @Override
  public double perSecond(double steady, double max, long now) {
    double factor = (reading.bucketLevel(depth, now) / depth - RESERVE) / STEADY_FILL;
    double maxFactor = depth >= MIN_CALLS_FOR_BURST * reading.cost() ? MAX_FACTOR : 1;
    return Math.min(steady * Math.min(factor, maxFactor), max);
  }
}
