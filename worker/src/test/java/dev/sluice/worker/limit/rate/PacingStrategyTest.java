package dev.sluice.worker.limit.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each law with a limit of 600 per minute, and the confidence in it. */
class PacingStrategyTest {
  private static final double STEADY = 10;
  private static final double UNLIMITED = Double.POSITIVE_INFINITY;
  private static final double SMALL = 1e-9;

  @ParameterizedTest
  @CsvSource({
    // level, rate
    "500, 500", // 10 + 490 above the reserve
    "20,  20",
    "10,  10", // the reserve of a second
    "5,   5",
    "0,   0",
  })
  void aDeepBucketIsSpentDownToASecondOfTheLimit(double level, double rate) {
    TokenBucketPacing bucket = new TokenBucketPacing(level, 600, STEADY, 1);

    assertThat(bucket.perSecond(STEADY, UNLIMITED, 0)).isCloseTo(rate, within(SMALL));
    assertThat(bucket.perSecond(STEADY, STEADY, 0))
        .isCloseTo(Math.min(rate, STEADY), within(SMALL));
  }

  @ParameterizedTest
  @CsvSource({
    // level, cost, rate
    "4,  1, 10", // the reserve of four tenths
    "10, 1, 16",
    "2,  1, 5",
    "0,  1, 0",
    "10, 4, 10", // fewer than three calls
  })
  void aShallowBucketIsSpentDownToAFractionOfItsDepth(double level, double cost, double rate) {
    TokenBucketPacing bucket = new TokenBucketPacing(level, 10, STEADY, cost);

    assertThat(bucket.perSecond(STEADY, UNLIMITED, 0)).isCloseTo(rate, within(SMALL));
  }

  @ParameterizedTest
  @CsvSource({
    // level, depth, large
    "100, 600, true",
    "50,  600, false",
    "90,  90,  false", // not deep
  })
  void onlyADeepBucketHasALargeReserve(double level, double depth, boolean large) {
    assertThat(new TokenBucketPacing(level, depth, STEADY, 1).hasLargeReserve()).isEqualTo(large);
  }

  @Test
  void theQuotaOfALongWindowIsSpentAtOnce() {
    assertThat(new LongWindowPacing(100).perSecond(STEADY, UNLIMITED, 0)).isEqualTo(400);
    assertThat(new LongWindowPacing(100).perSecond(STEADY, STEADY, 0)).isEqualTo(STEADY);
    assertThat(new LongWindowPacing(0).perSecond(STEADY, UNLIMITED, 0)).isZero();
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
    DailyQuota quota = new DailyQuota(new QuotaReading(limit, 0));

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

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
