package dev.sluice.worker.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One limit of so many a minute, handed out evenly.
 *
 * <p>What is not used is kept for a quarter of a second and no longer. A deeper bucket would send a
 * burst on top of a minute's allowance, which a provider that counts by the second or by the
 * clock's minute answers with 429.
 */
final class Budget {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long BURSTS_PER_MINUTE = 240;

  private final @Nullable Bucket bucket;

  private Budget(@Nullable Bucket bucket) {
    this.bucket = bucket;
  }

  /**
   * @param perMinute 0 for no limit
   */
  static Budget perMinute(long perMinute, TimeMeter clock) {
    if (perMinute == 0) {
      return new Budget(null);
    }
    long capacity = Math.max(1, perMinute / BURSTS_PER_MINUTE);
    return new Budget(
        Bucket.builder()
            .addLimit(limit -> limit.capacity(capacity).refillGreedy(perMinute, MINUTE))
            .withCustomTimePrecision(clock)
            .build());
  }

  boolean isLimited() {
    return bucket != null;
  }

  /** Takes the amount at once, into debt if need be; returns the nanoseconds until it is paid. */
  long take(long amount) {
    return bucket == null || amount == 0 ? 0 : bucket.consumeIgnoringRateLimits(amount);
  }

  /** Forgets what was saved up. */
  void empty() {
    if (bucket != null) {
      bucket.tryConsumeAsMuchAsPossible();
    }
  }

  /** Gives back what was taken too much (positive), or charges what was taken too little. */
  void correct(long amount) {
    if (bucket == null || amount == 0) {
      return;
    }
    if (amount > 0) {
      bucket.addTokens(amount);
    } else {
      bucket.consumeIgnoringRateLimits(-amount);
    }
  }
}
