package dev.sluice.worker.pace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.pace.Standing.Level;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PacemakerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  private long now;
  private Pacemaker pacemaker = learning(Map.of());

  @Test
  void withNothingKnownTheCallsInFlightAreBoundedAndGrowWithEveryOtherSuccess() {
    assertThat(pacemaker.window(now)).isEqualTo(1);
    took(Standing.UNKNOWN);
    took(Standing.UNKNOWN);

    assertThat(pacemaker.window(now)).isEqualTo(2);
    assertThat(pacemaker.rates(now).perSecond()).isEmpty();
  }

  @Test
  void anInputAndAnOutputLimitAreLimitsOfTheirOwn() {
    took(
        new Standing(
            Map.of(
                Dimension.INPUT_TOKENS, level(60_000, MINUTE, null, null),
                Dimension.OUTPUT_TOKENS, level(6_000, MINUTE, null, null))));

    assertThat(perSecond(Dimension.INPUT_TOKENS)).isBetween(980.0, 1_000.0);
    assertThat(perSecond(Dimension.OUTPUT_TOKENS)).isBetween(98.0, 100.0);
    assertThat(pacemaker.countsTokens(now)).isTrue();
  }

  @Test
  void aSetLimitIsKeptAndTheProviderCanOnlyTellLess() {
    pacemaker = learning(Map.of(Dimension.REQUESTS, 600L));
    took(requests(6_000, MINUTE, null, null));
    assertThat(perSecond(Dimension.REQUESTS)).isBetween(9.8, 10.0);

    took(requests(60, MINUTE, null, null));
    assertThat(perSecond(Dimension.REQUESTS)).isBetween(0.98, 1.0);
  }

  @Test
  void aLimitOfADayIsNoPaceUntilItIsUsedUpAndIsAskedForNowAndThenEvenThen() {
    took(requests(1_000, DAY, 500L, Duration.ofHours(12)));
    assertThat(perSecond(Dimension.REQUESTS)).isGreaterThan(50);

    took(requests(1_000, DAY, 0L, Duration.ofSeconds(86)));
    assertThat(perSecond(Dimension.REQUESTS)).isBetween(1.0 / 301, 0.1);

    later(Duration.ofSeconds(90));
    assertThat(pacemaker.rates(now).of(Dimension.REQUESTS)).isEmpty();
  }

  @Test
  void aReplyThatTellsNothingLeftAndNothingToComeDoesNotStopTheRoute() {
    for (int i = 0; i < 20; i++) {
      took(requests(600, MINUTE, 0L, Duration.ZERO));
      later(Duration.ofMillis(300));
    }

    assertThat(perSecond(Dimension.REQUESTS)).isBetween(9.0, 10.0);
  }

  @Test
  void modelsWithLimitsOfTheirOwnOnOneRouteGoAtTheLowest() {
    for (int i = 0; i < 20; i++) {
      took(requests(i % 2 == 0 ? 600 : 60_000, MINUTE, null, null));
      later(Duration.ofMillis(300));
    }
    assertThat(perSecond(Dimension.REQUESTS)).isBetween(9.8, 10.0);

    later(Duration.ofSeconds(11));
    took(requests(60_000, MINUTE, null, null));
    assertThat(perSecond(Dimension.REQUESTS)).as("the low one is gone").isGreaterThan(900);
  }

  @Test
  void aLimitThatWasFoundIsNotForgottenWhileNobodyCalls() {
    for (int i = 0; i < 20; i++) {
      took(Standing.UNKNOWN);
      later(Duration.ofMillis(50));
    }
    pacemaker.refused(null, Standing.UNKNOWN, now);
    assertThat(perSecond(Dimension.REQUESTS)).isBetween(5.0, 15.0);

    later(Duration.ofHours(5));
    assertThat(perSecond(Dimension.REQUESTS)).isLessThanOrEqualTo(25);
  }

  @Test
  void aRefusalForTokensIsMeasuredByTheTokensThatWereUsedAlsoWhereNobodyEstimated() {
    for (int i = 0; i < 20; i++) {
      pacemaker.took(Cost.OF_A_REQUEST, new Cost(1_000, 500), Standing.UNKNOWN, 0.3, 1, now);
      later(Duration.ofMillis(50));
    }
    pacemaker.refused(Dimension.TOKENS, Standing.UNKNOWN, now);

    assertThat(perSecond(Dimension.TOKENS)).isBetween(10_000.0, 20_000.0);
  }

  @Test
  void aSetLimitThatIsFarTooHighIsComeDownFrom() {
    pacemaker = learning(Map.of(Dimension.REQUESTS, 1_200L));
    for (int i = 0; i < 12; i++) {
      pacemaker.refused(null, Standing.UNKNOWN, now);
      later(Duration.ofSeconds(5));
    }

    assertThat(perSecond(Dimension.REQUESTS)).isLessThan(6);
  }

  @Test
  void noMoreIsReservedThanAMinuteHas() {
    took(
        new Standing(
            Map.of(
                Dimension.TOKENS, level(6_000, MINUTE, null, null),
                Dimension.OUTPUT_TOKENS, level(1_000, MINUTE, null, null))));

    assertThat(pacemaker.reserved(new Cost(2_000, 128_000), now)).isEqualTo(new Cost(2_000, 1_000));
    assertThat(pacemaker.reserved(new Cost(128_000, 500), now)).isEqualTo(new Cost(6_000, 0));
    assertThat(learning(Map.of()).reserved(new Cost(128_000, 500), now))
        .isEqualTo(new Cost(128_000, 500));
  }

  private Pacemaker learning(Map<Dimension, Long> set) {
    return new Pacemaker(set, true, now);
  }

  private void took(Standing standing) {
    pacemaker.took(Cost.OF_A_REQUEST, Cost.OF_A_REQUEST, standing, 0.3, 1, now);
  }

  private void later(Duration time) {
    now += time.toNanos();
  }

  private double perSecond(Dimension dimension) {
    return pacemaker.rates(now).of(dimension).orElseThrow();
  }

  private static Standing requests(
      long limit, Duration per, @Nullable Long left, @Nullable Duration reset) {
    return new Standing(Map.of(Dimension.REQUESTS, level(limit, per, left, reset)));
  }

  private static Level level(
      long limit, Duration per, @Nullable Long left, @Nullable Duration reset) {
    return new Level(limit, per, left, reset);
  }
}
