package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the latest reply said about one limit.
 *
 * @param limit the advertised limit
 * @param cost what the call of this reply consumed of it
 * @param at when the reply arrived
 */
record QuotaReading(AdvertisedLimit limit, long cost, long at) {
  private static final double SECOND = 1e9;

  /** Returns the limit per second. */
  double perSecond() {
    return limit.perSecond();
  }

  /** Returns the remaining quota; null if it was not advertised. */
  @Nullable Long remaining() {
    return limit.remaining();
  }

  /** Returns the remaining quota without the call of this reply; 0 if it was not advertised. */
  double remainingBeforeCall() {
    Long remaining = remaining();
    return remaining == null ? 0 : remaining + cost;
  }

  /** Returns the advertised time until the quota is full again, in seconds; 0 if unknown. */
  double resetSeconds() {
    Duration reset = limit.reset();
    return reset == null ? 0 : reset.toNanos() / SECOND;
  }

  /** Returns the age of the reply in seconds. */
  double age(long now) {
    return (now - at) / SECOND;
  }

  /** Returns the present level of a token bucket of this depth, which has refilled since. */
  double bucketLevel(double depth, long now) {
    double refilled = perSecond() * Math.max(0, age(now) - 1);
    return Math.min(depth, remainingBeforeCall() + refilled);
  }
}
