package dev.sluice.worker.limit.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each law with a limit of 600 per minute, and the confidence in it. */
class PacingStrategyTest {
  private static final double STEADY = 10;
  private static final double UNLIMITED = Double.POSITIVE_INFINITY;
  private static final double SMALL = 1e-9;

  @ParameterizedTest
  @CsvSource({
    // remaining, cost, latency, age, rate
    "500, 0,   1, 0,  100",
    "50,  0,   1, 0,  10",
    "50,  0,   4, 0,  3.125",
    "50,  0,   9, 0,  1.6666666667", // at most half of the depth
    "50,  100, 1, 0,  7.5",
    "50,  0,   1, 6,  20", // refilled for 5 s
    "0,   0,   1, 0,  0",
  })
  void aDeepBucketIsSpentWithinSeconds(
      long remaining, long cost, double latency, long age, double rate) {
    DeepBucket bucket = new DeepBucket(reading(remaining, null, cost), 600, latency);

    assertThat(bucket.perSecond(STEADY, UNLIMITED, seconds(age))).isCloseTo(rate, within(SMALL));
    assertThat(bucket.perSecond(STEADY, STEADY, seconds(age)))
        .isCloseTo(Math.min(rate, STEADY), within(SMALL));
  }

  @ParameterizedTest
  @CsvSource({
    // remaining, cost, rate
    "5,  0, 10",
    "10, 0, 11.5",
    "3,  0, 5",
    "1,  0, 0",
    "9,  1, 11.5",
    "6,  4, 10", // fewer than three calls
  })
  void aShallowBucketIsKeptHalfFull(long remaining, long cost, double rate) {
    ShallowBucket bucket = new ShallowBucket(reading(remaining, null, cost), 10);

    assertThat(bucket.perSecond(STEADY, UNLIMITED, 0)).isCloseTo(rate, within(SMALL));
  }

  @ParameterizedTest
  @CsvSource({
    // remaining, reset, age, rate
    "300, 30, 0,  9.9",
    "600, 30, 0,  19.8",
    "600, 10, 0,  29.7", // at most three times the limit
    "300, 30, 30, 9.9", // the window is over
    "0,   30, 0,  0",
    "0,   1,  0,  9.9", // it ends soon
  })
  void theQuotaOfALongWindowIsSpreadUntilItEnds(long remaining, long reset, long age, double rate) {
    LongWindow window = new LongWindow(reading(remaining, Duration.ofSeconds(reset), 0));

    assertThat(window.perSecond(STEADY, UNLIMITED, seconds(age))).isCloseTo(rate, within(SMALL));
  }

  @ParameterizedTest
  @CsvSource({
    // remaining, reset, age, rate
    "500, 3600, 0,    10",
    "20,  3600, 0,    4",
    "0,   3600, 0,    0.0033333333",
    "0,   3600, 3601, 10", // the quota is full again
  })
  void aDailyQuotaLimitsTheRateWhenItIsNearlyUsedUp(
      long remaining, long reset, long age, double rate) {
    AdvertisedLimit limit =
        new AdvertisedLimit(600, Duration.ofDays(1), remaining, Duration.ofSeconds(reset));
    DailyQuota quota = new DailyQuota(new QuotaReading(limit, 0, 0));

    assertThat(quota.perSecond(STEADY, UNLIMITED, seconds(age))).isCloseTo(rate, within(SMALL));
  }

  @ParameterizedTest
  @CsvSource({
    // seconds between two 429s, confidence after both
    "10,  0.8835", // (0.93 + 10 * 0.002) * 0.93
    "5,   0.752", // repeated
    "100, 0.93", // regained
  })
  void confidenceIsLostAt429sAndRegained(long seconds, double expected) {
    Confidence confidence = new Confidence(0);
    confidence.onThrottled(Long.MAX_VALUE, 0);
    confidence.onThrottled(seconds(seconds), seconds(seconds));

    assertThat(confidence.value(seconds(seconds))).isCloseTo(expected, within(SMALL));
  }

  private static QuotaReading reading(long remaining, @Nullable Duration reset, long cost) {
    return new QuotaReading(
        new AdvertisedLimit(600, Duration.ofMinutes(1), remaining, reset), cost, 0);
  }

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
