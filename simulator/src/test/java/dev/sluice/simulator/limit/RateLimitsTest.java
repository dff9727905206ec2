package dev.sluice.simulator.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.limit.LimitCheck.Admitted;
import dev.sluice.simulator.limit.LimitCheck.Kind;
import dev.sluice.simulator.limit.LimitCheck.Rejected;
import dev.sluice.simulator.limit.LimitCheck.TooLarge;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RateLimitsTest {
  private final SettableClock clock = new SettableClock();

  @Test
  void aFullBucketLetsItsLimitInAndThenOneEachTwentySeconds() {
    RateLimits limits = limits(LimitSettings.of(3, 0));
    for (int i = 0; i < 3; i++) {
      assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
    }
    Rejected rejected = refused(limits, 1);
    assertThat(rejected.retryIn()).isEqualTo(Duration.ofSeconds(20));
    assertThat(rejected.used()).isEqualTo(3);
    assertThat(rejected.kind()).isEqualTo(Kind.REQUESTS);

    clock.advance(Duration.ofSeconds(20).minusNanos(1000));
    assertThat(refused(limits, 1).retryIn()).isEqualTo(Duration.ofNanos(1000));
    clock.advance(Duration.ofNanos(1000));
    assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
  }

  @Test
  void bothLimitsAreChargedTogetherOrNotAtAll() {
    RateLimits limits = limits(LimitSettings.of(10, 1000));
    assertThat(admit(limits, 900)).isInstanceOf(Admitted.class);
    Rejected rejected = refused(limits, 200);
    assertThat(rejected.kind()).isEqualTo(Kind.TOKENS);
    assertThat(rejected.retryIn()).isEqualTo(Duration.ofSeconds(6));
    RateLimitStatus.LimitStatus requests = Objects.requireNonNull(rejected.standing().requests());
    assertThat(requests.left()).isEqualTo(9);
    assertThat(admit(limits, 100)).isInstanceOf(Admitted.class);
  }

  @Test
  void moreTokensThanAMinuteHasAreTooLargeForEver() {
    RateLimits limits = limits(LimitSettings.of(0, 1000));
    assertThat(admit(limits, 1001)).isInstanceOf(TooLarge.class);
    assertThat(admit(limits, 1000)).isInstanceOf(Admitted.class);
  }

  @Test
  void theStandingTellsWhenNothingIsSpentAnyMore() {
    RateLimits limits = limits(LimitSettings.of(60, 0));
    LimitCheck limitCheck = admit(limits, 1);
    RateLimitStatus.LimitStatus requests = Objects.requireNonNull(limitCheck.standing().requests());
    assertThat(requests.limit()).isEqualTo(60);
    assertThat(requests.left()).isEqualTo(59);
    assertThat(requests.untilFull()).isEqualTo(Duration.ofSeconds(1));
    assertThat(limitCheck.standing().tokens()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"BUCKET,false", "BUCKET,true", "FIXED_MINUTE,true", "PER_SECOND,false"})
  void whoWaitsExactlyAsLongAsToldIsLetIn(WindowType windowType, boolean refusedCallsCount) {
    LimitSettings settings =
        new LimitSettings(
            new PerMinute(7, 9_973),
            Map.of(),
            windowType,
            Duration.ofMinutes(1),
            refusedCallsCount);
    RateLimits limits = limits(settings);
    SplittableRandom random = new SplittableRandom(42);
    int refusals = 0;
    for (int i = 0; i < 3000; i++) {
      clock.advance(Duration.ofNanos(1000 * random.nextLong(8_000_000)));
      long tokens = random.nextLong(1, 4000);
      if (admit(limits, tokens) instanceof Rejected rejected) {
        refusals++;
        assertThat(rejected.retryIn()).isPositive();
        clock.advance(rejected.retryIn());
        assertThat(admit(limits, tokens)).isInstanceOf(Admitted.class);
      }
    }
    assertThat(refusals).isGreaterThan(500);
  }

  @ParameterizedTest
  @EnumSource(WindowType.class)
  void noMinuteEverHasMoreThanTheLimitAndTheBurst(WindowType windowType) {
    LimitSettings settings =
        new LimitSettings(new PerMinute(50, 0), Map.of(), windowType, Duration.ofMinutes(1), false);
    RateLimits limits = limits(settings);
    SplittableRandom random = new SplittableRandom(7);
    Deque<Long> lastMinute = new ArrayDeque<>();
    int most = 0;
    for (int i = 0; i < 20_000; i++) {
      clock.advance(Duration.ofMillis(random.nextLong(i % 5000 < 100 ? 60_000 : 200)));
      long now = clock.millis();
      if (admit(limits, 1) instanceof Admitted) {
        lastMinute.addLast(now);
      }
      lastMinute.removeIf(at -> at <= now - 60_000);
      most = Math.max(most, lastMinute.size());
    }
    assertThat(most).isLessThanOrEqualTo(100).isGreaterThanOrEqualTo(49);
  }

  @Test
  void aShortBurstBoundsTheBucket() {
    LimitSettings settings =
        new LimitSettings(
            new PerMinute(600, 0), Map.of(), WindowType.BUCKET, Duration.ofSeconds(1), false);
    RateLimits limits = limits(settings);
    for (int i = 0; i < 10; i++) {
      assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
    }
    assertThat(refused(limits, 1).retryIn()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aRefusedCallThatCountsPushesTheNextOneAway() {
    LimitSettings settings =
        new LimitSettings(
            new PerMinute(1, 0), Map.of(), WindowType.BUCKET, Duration.ofMinutes(1), true);
    RateLimits limits = limits(settings);
    admit(limits, 1);
    clock.advance(Duration.ofSeconds(50));
    assertThat(refused(limits, 1).retryIn()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void callsInsideAToldWaitAreCounted() {
    RateLimits limits = limits(LimitSettings.of(1, 0));
    admit(limits, 1);
    refused(limits, 1);
    assertThat(limits.callsInsideToldWait()).isZero();
    refused(limits, 1);
    assertThat(limits.callsInsideToldWait()).isEqualTo(1);
  }

  @Test
  void keysAndModelsDoNotShareTheirLimits() {
    RateLimits limits = limits(LimitSettings.of(1, 0));
    assertThat(limits.admit("a", "m", 1)).isInstanceOf(Admitted.class);
    assertThat(limits.admit("b", "m", 1)).isInstanceOf(Admitted.class);
    assertThat(limits.admit("a", "n", 1)).isInstanceOf(Admitted.class);
    assertThat(limits.admit("a", "m", 1)).isInstanceOf(Rejected.class);
  }

  @Test
  void aLimitThatChangesUnderWayHoldsFromThatMoment() {
    RateLimits limits = limits(LimitSettings.of(600, 0));
    for (int i = 0; i < 600; i++) {
      admit(limits, 1);
    }
    assertThat(refused(limits, 1).retryIn()).isEqualTo(Duration.ofMillis(100));
    limits.change(new PerMinute(60, 0));
    assertThat(refused(limits, 1).retryIn()).isEqualTo(Duration.ofSeconds(1));
    limits.change("m", new PerMinute(0, 0));
    assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
  }

  private RateLimits limits(LimitSettings settings) {
    return new RateLimits(settings, clock);
  }

  private static LimitCheck admit(RateLimits limits, long tokens) {
    return limits.admit("key", "m", tokens);
  }

  private static Rejected refused(RateLimits limits, long tokens) {
    return (Rejected) admit(limits, tokens);
  }
}
