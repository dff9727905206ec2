package dev.sluice.worker.bucket;

import io.github.bucket4j.BandwidthBuilder;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;

/**
 * The refill of a bucket: even, without pause.
 *
 * <p>What is not used is kept for a quarter of a second at most. A deeper bucket would send a burst
 * on top of the pace, which a provider that counts by the second or by the clock's minute answers
 * with 429.
 */
final class Refill {
  private static final double SAVED_SECONDS = 0.25;
  private static final Duration PERIOD = Duration.ofHours(1);

  private Refill() {}

  /**
   * @param perSecond above 0; more than one a nanosecond is as good as one
   * @param least what the smallest call takes: a bucket holds that in any case
   * @param saves whether what is not used is kept for a moment
   */
  static BucketConfiguration of(double perSecond, long least, boolean saves) {
    long saved = saves ? (long) (perSecond * SAVED_SECONDS) : 0;
    long capacity = Math.max(least, saved);
    long perPeriod = Math.clamp(Math.round(perSecond * PERIOD.toSeconds()), 1, PERIOD.toNanos());
    return BucketConfiguration.builder()
        .addLimit(
            BandwidthBuilder.builder().capacity(capacity).refillGreedy(perPeriod, PERIOD).build())
        .build();
  }
}
