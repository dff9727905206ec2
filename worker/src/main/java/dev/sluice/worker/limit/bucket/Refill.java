package dev.sluice.worker.limit.bucket;

import io.github.bucket4j.BandwidthBuilder;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;

/**
 * The configuration of one token bucket: its capacity and a continuous refill.
 *
 * <p>A bucket stores at most 0.25 s of unused refill. A deeper bucket would allow a burst, which a
 * provider with one-second or clock-minute windows rejects with 429.
 */
final class Refill {
  private static final double MAX_STORED_SECONDS = 0.25;
  private static final Duration PERIOD = Duration.ofHours(1);

  private Refill() {}

  /**
   * @param perSecond units per second, above 0; limited to one per nanosecond
   * @param minCapacity units of the smallest call, which the bucket must be able to hold
   * @param allowsBurst whether the bucket stores unused refill for a short burst
   */
  static BucketConfiguration of(double perSecond, long minCapacity, boolean allowsBurst) {
    long stored = allowsBurst ? (long) (perSecond * MAX_STORED_SECONDS) : 0;
    long capacity = Math.max(minCapacity, stored);
    long perPeriod = Math.clamp(Math.round(perSecond * PERIOD.toSeconds()), 1, PERIOD.toNanos());
    return BucketConfiguration.builder()
        .addLimit(
            BandwidthBuilder.builder().capacity(capacity).refillGreedy(perPeriod, PERIOD).build())
        .build();
  }
}
