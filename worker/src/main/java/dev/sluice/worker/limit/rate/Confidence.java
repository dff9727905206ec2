package dev.sluice.worker.limit.rate;

import java.time.Duration;

/**
 * The confidence that a known limit is right, from 0.05 to 1. AIMD: additive increase,
 * multiplicative decrease.
 *
 * <pre>
 *   a 429                           confidence * 0.93
 *   a 429 within 10 s of another    confidence * 0.80
 *   with time                       confidence + 0.002 per second, up to 1
 * </pre>
 *
 * <p>Times are nanoseconds of any monotonic clock.
 */
final class Confidence {
  private static final double SECOND = 1e9;
  private static final double DECREASE = 0.93;
  private static final double REPEATED_DECREASE = 0.8;
  private static final double MIN = 0.05;
  private static final double INCREASE_PER_SECOND = 0.002;

  /** A 429 within this time of another one counts as repeated. */
  private static final long REPEATED = Duration.ofSeconds(10).toNanos();

  private double value = 1;
  private long at;

  Confidence(long now) {
    this.at = now;
  }

  double value(long now) {
    return Math.min(1, value + INCREASE_PER_SECOND * (now - at) / SECOND);
  }

  /**
   * The provider rejected a call with 429 although the rate was below the limit.
   *
   * @param sinceThrottled nanoseconds since the 429 before
   */
  void onThrottled(long sinceThrottled, long now) {
    double factor = sinceThrottled < REPEATED ? REPEATED_DECREASE : DECREASE;
    value = Math.max(MIN, value(now) * factor);
    at = now;
  }
}
