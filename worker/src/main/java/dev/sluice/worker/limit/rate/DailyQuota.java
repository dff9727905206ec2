package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;

/**
 * Spend-down of a quota with a long period. It limits the rate only when it is nearly used up.
 *
 * <pre>
 *   rate = min(steady, max((remaining + limit * age) / 5 s, 1 per 300 s))
 *   rate = steady                  no remaining quota advertised, or its reset time is over
 * </pre>
 *
 * <p>The steady rate is that of the other limits; infinite if there is none.
 *
 * @param reading the latest reply
 */
record DailyQuota(QuotaReading reading) implements PacingStrategy {
  /** A limit with a longer period does not limit the rate per minute. */
  private static final Duration MAX_RATE_PERIOD = Duration.ofMinutes(10);

  private static final double SPEND_DOWN_SECONDS = 5;

  /** With a used-up quota, one call in five minutes checks whether the quota is back. */
  private static final double MIN_PER_SECOND = 1.0 / 300;

  static boolean isDaily(AdvertisedLimit limit) {
    return limit.per().compareTo(MAX_RATE_PERIOD) > 0;
  }

  @Override
  public double perSecond(double steady, double max, long now) {
    Long remaining = reading.remaining();
    if (remaining == null || isReset(now)) {
      return steady;
    }
    double refilled = remaining + reading.perSecond() * reading.age(now);
    return Math.min(steady, Math.max(refilled / SPEND_DOWN_SECONDS, MIN_PER_SECOND));
  }

  private boolean isReset(long now) {
    return reading.limit().reset() != null && reading.age(now) > reading.resetSeconds();
  }
}
