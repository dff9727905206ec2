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
  void withNothingKnownTheCallsInFlightAreBoundedAndGrowWithEveryOtherSuccess() {
    assertThat(rateController.window(now)).isEqualTo(1);
    took(AdvertisedLimits.UNKNOWN);
    took(AdvertisedLimits.UNKNOWN);

    assertThat(rateController.window(now)).isEqualTo(2);
    assertThat(rateController.rates(now).perSecond()).isEmpty();
  }

  @Test
  void anInputAndAnOutputLimitAreLimitsOfTheirOwn() {
    took(
        new AdvertisedLimits(
            Map.of(
                LimitKind.INPUT_TOKENS, level(60_000, MINUTE, null, null),
                LimitKind.OUTPUT_TOKENS, level(6_000, MINUTE, null, null))));

    assertThat(perSecond(LimitKind.INPUT_TOKENS)).isBetween(980.0, 1_000.0);
    assertThat(perSecond(LimitKind.OUTPUT_TOKENS)).isBetween(98.0, 100.0);
    assertThat(rateController.countsTokens(now)).isTrue();
  }

  @Test
  void aSetLimitIsKeptAndTheProviderCanOnlyTellLess() {
    rateController = learning(Map.of(LimitKind.REQUESTS, 600L));
    took(requests(6_000, MINUTE, null, null));
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(9.8, 10.0);

    took(requests(60, MINUTE, null, null));
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(0.98, 1.0);
  }

  @Test
  void aLimitOfADayIsNoPaceUntilItIsUsedUpAndIsAskedForNowAndThenEvenThen() {
    took(requests(1_000, DAY, 500L, Duration.ofHours(12)));
    assertThat(perSecond(LimitKind.REQUESTS)).isGreaterThan(50);

    took(requests(1_000, DAY, 0L, Duration.ofSeconds(86)));
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(1.0 / 301, 0.1);

    later(Duration.ofSeconds(90));
    assertThat(rateController.rates(now).of(LimitKind.REQUESTS)).isEmpty();
  }

  @Test
  void aReplyThatTellsNothingLeftAndNothingToComeDoesNotStopTheRoute() {
    for (int i = 0; i < 20; i++) {
      took(requests(600, MINUTE, 0L, Duration.ZERO));
      later(Duration.ofMillis(300));
    }

    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(9.0, 10.0);
  }

  @Test
  void modelsWithLimitsOfTheirOwnOnOneRouteGoAtTheLowest() {
    for (int i = 0; i < 20; i++) {
      took(requests(i % 2 == 0 ? 600 : 60_000, MINUTE, null, null));
      later(Duration.ofMillis(300));
    }
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(9.8, 10.0);

    later(Duration.ofSeconds(11));
    took(requests(60_000, MINUTE, null, null));
    assertThat(perSecond(LimitKind.REQUESTS)).as("the low one is gone").isGreaterThan(900);
  }

  @Test
  void aLimitThatWasFoundIsNotForgottenWhileNobodyCalls() {
    for (int i = 0; i < 20; i++) {
      took(AdvertisedLimits.UNKNOWN);
      later(Duration.ofMillis(50));
    }
    rateController.onThrottled(null, AdvertisedLimits.UNKNOWN, now);
    assertThat(perSecond(LimitKind.REQUESTS)).isBetween(5.0, 15.0);

    later(Duration.ofHours(5));
    assertThat(perSecond(LimitKind.REQUESTS)).isLessThanOrEqualTo(25);
  }

  @Test
  void aRefusalForTokensIsMeasuredByTheTokensThatWereUsedAlsoWhereNobodyEstimated() {
    for (int i = 0; i < 20; i++) {
      rateController.onSuccess(
          TokenCost.OF_A_REQUEST, new TokenCost(1_000, 500), AdvertisedLimits.UNKNOWN, 0.3, 1, now);
      later(Duration.ofMillis(50));
    }
    rateController.onThrottled(LimitKind.TOKENS, AdvertisedLimits.UNKNOWN, now);

    assertThat(perSecond(LimitKind.TOKENS)).isBetween(10_000.0, 20_000.0);
  }

  @Test
  void aSetLimitThatIsFarTooHighIsComeDownFrom() {
    rateController = learning(Map.of(LimitKind.REQUESTS, 1_200L));
    for (int i = 0; i < 12; i++) {
      rateController.onThrottled(null, AdvertisedLimits.UNKNOWN, now);
      later(Duration.ofSeconds(5));
    }

    assertThat(perSecond(LimitKind.REQUESTS)).isLessThan(6);
  }

  @Test
  void noMoreIsReservedThanAMinuteHas() {
    took(
        new AdvertisedLimits(
            Map.of(
                LimitKind.TOKENS, level(6_000, MINUTE, null, null),
                LimitKind.OUTPUT_TOKENS, level(1_000, MINUTE, null, null))));

    assertThat(rateController.reserved(new TokenCost(2_000, 128_000), now))
        .isEqualTo(new TokenCost(2_000, 1_000));
    assertThat(rateController.reserved(new TokenCost(128_000, 500), now))
        .isEqualTo(new TokenCost(6_000, 0));
    assertThat(learning(Map.of()).reserved(new TokenCost(128_000, 500), now))
        .isEqualTo(new TokenCost(128_000, 500));
  }

  private RateController learning(Map<LimitKind, Long> set) {
    return new RateController(set, true, now);
  }

  private void took(AdvertisedLimits advertisedLimits) {
    rateController.onSuccess(
        TokenCost.OF_A_REQUEST, TokenCost.OF_A_REQUEST, advertisedLimits, 0.3, 1, now);
  }

  private void later(Duration time) {
    now += time.toNanos();
  }

  private double perSecond(LimitKind limitKind) {
    return rateController.rates(now).of(limitKind).orElseThrow();
  }

  private static AdvertisedLimits requests(
      long limit, Duration per, @Nullable Long left, @Nullable Duration reset) {
    return new AdvertisedLimits(Map.of(LimitKind.REQUESTS, level(limit, per, left, reset)));
  }

  private static AdvertisedLimit level(
      long limit, Duration per, @Nullable Long left, @Nullable Duration reset) {
    return new AdvertisedLimit(limit, per, left, reset);
  }
}
