package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One limit as the latest reply advertised it.
 *
 * @param limit the advertised limit
 * @param at when the reply arrived
 */
record QuotaReading(AdvertisedLimit limit, long at) {
  private static final double SECOND = 1e9;

  /** Returns the limit per second. */
  double perSecond() {
    return limit.perSecond();
  }

  /** Returns the remaining quota; null if it was not advertised. */
  @Nullable Long remaining() {
    return limit.remaining();
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
}
