package dev.sluice.worker.limit.rate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateControllerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  private long now;
  private RateController rateController = learning(Map.of());

  @Test
  void withoutAKnownLimitTheCallsInFlightGrowByOneForEveryTwoSuccesses() {
    assertThat(rateController.maxInFlight(now)).isEqualTo(1);
    succeed(AdvertisedLimits.UNKNOWN);
    succeed(AdvertisedLimits.UNKNOWN);

    assertThat(rateController.maxInFlight(now)).isEqualTo(2);
    assertThat(rateController.rates(now).perSecond()).isEmpty();
  }

  @Test
  void inputAndOutputTokensAreSeparateLimits() {
    succeed(
        new AdvertisedLimits(
            Map.of(
                LimitKind.INPUT_TOKENS, limit(60_000, MINUTE, null, null),
                LimitKind.OUTPUT_TOKENS, limit(6_000, MINUTE, null, null))));

    assertThat(perSecond(LimitKind.INPUT_TOKENS)).isBetween(980.0, 1_000.0);
    assertThat(perSecond(LimitKind.OUTPUT_TOKENS)).isBetween(98.0, 100.0);
    assertThat(rateController.limitsTokens(now)).isTrue();
  }

  @Test
  void aConfiguredLimitAppliesUnlessTheProviderAdvertisesALowerOne() {
    rateController = learning(Map.of(LimitKind.REQUESTS, 600L));
    succeed(requests(6_000, MINUTE, null, null));
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(9.8, 10.0);

    succeed(requests(60, MINUTE, null, null));
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(0.98, 1.0);
  }

  @Test
  void aDailyQuotaLimitsTheRateOnlyWhenUsedUpAndNeverStopsAllCalls() {
    succeed(requests(1_000, DAY, 500L, Duration.ofHours(12)));
    assertThat(perSecond(LimitKind.REQUESTS)).isGreaterThan(50);

    succeed(requests(1_000, DAY, 0L, Duration.ofSeconds(86)));
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(1.0 / 301, 0.1);

    advance(Duration.ofSeconds(90));
    assertThat(rateController.rates(now).of(LimitKind.REQUESTS)).isEmpty();
  }

  @Test
  void aReplyWithoutRemainingQuotaAndResetTimeDoesNotStopTheRoute() {
    for (int i = 0; i < 20; i++) {
      succeed(requests(600, MINUTE, 0L, Duration.ZERO));
      advance(Duration.ofMillis(300));
    }

    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(9.0, 10.0);
  }

  @Test
  void modelsWithSeparateLimitsOnOneRouteUseTheLowest() {
    for (int i = 0; i < 20; i++) {
      succeed(requests(i % 2 == 0 ? 600 : 60_000, MINUTE, null, null));
      advance(Duration.ofMillis(300));
    }
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(9.8, 10.0);

    advance(Duration.ofSeconds(11));
    succeed(requests(60_000, MINUTE, null, null));
    assertThat(perSecond(LimitKind.REQUESTS)).as("the lower limit has expired").isGreaterThan(900);
  }

  @Test
  void anInferredLimitSurvivesAPauseInTheCalls() {
    for (int i = 0; i < 20; i++) {
      succeed(AdvertisedLimits.UNKNOWN);
      advance(Duration.ofMillis(50));
    }
    rateController.onThrottled(sent(), null, AdvertisedLimits.UNKNOWN, now);
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(5.0, 15.0);

    advance(Duration.ofHours(5));
    assertThat(perSecond(LimitKind.REQUESTS)).isLessThanOrEqualTo(25);
  }

  @Test
  void aTokenLimitIsInferredFromTheUsageEvenWithoutAnEstimate() {
    for (int i = 0; i < 20; i++) {
      rateController.onSuccess(sent(), new TokenCost(1_000, 500), AdvertisedLimits.UNKNOWN, 1, now);
      advance(Duration.ofMillis(50));
    }
    rateController.onThrottled(sent(), LimitKind.TOKENS, AdvertisedLimits.UNKNOWN, now);

    assertThat(perSecond(LimitKind.TOKENS)).isBetween(10_000.0, 20_000.0);
  }

  @Test
  void repeated429sLowerAConfiguredLimitThatIsTooHigh() {
    rateController = learning(Map.of(LimitKind.REQUESTS, 1_200L));
    for (int i = 0; i < 12; i++) {
      rateController.onThrottled(sent(), null, AdvertisedLimits.UNKNOWN, now);
      advance(Duration.ofSeconds(5));
    }

    assertThat(perSecond(LimitKind.REQUESTS)).isLessThan(6);
  }

  @Test
  void noMoreThanOneMinuteOfALimitIsReserved() {
    succeed(
        new AdvertisedLimits(
            Map.of(
                LimitKind.TOKENS, limit(6_000, MINUTE, null, null),
                LimitKind.OUTPUT_TOKENS, limit(1_000, MINUTE, null, null))));

    assertThat(rateController.capToOneMinute(new TokenCost(2_000, 128_000), now))
        .isEqualTo(new TokenCost(2_000, 1_000));
    assertThat(rateController.capToOneMinute(new TokenCost(128_000, 500), now))
        .isEqualTo(new TokenCost(6_000, 0));
    assertThat(learning(Map.of()).capToOneMinute(new TokenCost(128_000, 500), now))
        .isEqualTo(new TokenCost(128_000, 500));
  }

  private RateController learning(Map<LimitKind, Long> perMinute) {
    return new RateController(perMinute, true, now);
  }

  private void succeed(AdvertisedLimits advertised) {
    rateController.onSuccess(sent(), TokenCost.NONE, advertised, 1, now);
  }

  private SentCall sent() {
    return rateController.onSent(TokenCost.NONE, 1, now);
  }

  private void advance(Duration time) {
    now += time.toNanos();
  }

  private double perSecond(LimitKind kind) {
    return rateController.rates(now).of(kind).orElseThrow();
  }

  private static AdvertisedLimits requests(
      long limit, Duration per, @Nullable Long remaining, @Nullable Duration reset) {
    return new AdvertisedLimits(Map.of(LimitKind.REQUESTS, limit(limit, per, remaining, reset)));
  }

  private static AdvertisedLimit limit(
      long limit, Duration per, @Nullable Long remaining, @Nullable Duration reset) {
    return new AdvertisedLimit(limit, per, remaining, reset);
  }
}
