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
  void fullBucketAdmitsItsLimitAndRefillsContinuously() {
    RateLimits limits = limits(LimitSettings.of(3, 0));
    for (int i = 0; i < 3; i++) {
      assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
    }
    Rejected rejected = rejected(limits, 1);
    assertThat(rejected.retryIn()).isEqualTo(Duration.ofSeconds(20));
    assertThat(rejected.used()).isEqualTo(3);
    assertThat(rejected.kind()).isEqualTo(Kind.REQUESTS);

    clock.advance(Duration.ofSeconds(20).minusNanos(1000));
    assertThat(rejected(limits, 1).retryIn()).isEqualTo(Duration.ofNanos(1000));
    clock.advance(Duration.ofNanos(1000));
    assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
  }

  @Test
  void rejectedCallChargesNeitherLimit() {
    RateLimits limits = limits(LimitSettings.of(10, 1000));
    assertThat(admit(limits, 900)).isInstanceOf(Admitted.class);
    Rejected rejected = rejected(limits, 200);
    assertThat(rejected.kind()).isEqualTo(Kind.TOKENS);
    assertThat(rejected.retryIn()).isEqualTo(Duration.ofSeconds(6));
    RateLimitStatus.LimitStatus requests =
        Objects.requireNonNull(rejected.rateLimitStatus().requests());
    assertThat(requests.remaining()).isEqualTo(9);
    assertThat(admit(limits, 100)).isInstanceOf(Admitted.class);
  }

  @Test
  void callAboveTokensPerMinuteIsTooLarge() {
    RateLimits limits = limits(LimitSettings.of(0, 1000));
    assertThat(admit(limits, 1001)).isInstanceOf(TooLarge.class);
    assertThat(admit(limits, 1000)).isInstanceOf(Admitted.class);
  }

  @Test
  void statusHasRemainingQuotaAndResetTime() {
    RateLimits limits = limits(LimitSettings.of(60, 0));
    LimitCheck limitCheck = admit(limits, 1);
    RateLimitStatus.LimitStatus requests =
        Objects.requireNonNull(limitCheck.rateLimitStatus().requests());
    assertThat(requests.limit()).isEqualTo(60);
    assertThat(requests.remaining()).isEqualTo(59);
    assertThat(requests.untilFull()).isEqualTo(Duration.ofSeconds(1));
    assertThat(limitCheck.rateLimitStatus().tokens()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"TOKEN_BUCKET,false", "TOKEN_BUCKET,true", "FIXED_MINUTE,true", "PER_SECOND,false"})
  void callIsAdmittedExactlyAfterRetryAfter(LimitAlgorithm algorithm, boolean countRejectedCalls) {
    LimitSettings settings =
        new LimitSettings(
            new PerMinute(7, 9_973),
            Map.of(),
            algorithm,
            Duration.ofMinutes(1),
            countRejectedCalls);
    RateLimits limits = limits(settings);
    SplittableRandom random = new SplittableRandom(42);
    int rejections = 0;
    for (int i = 0; i < 3000; i++) {
      clock.advance(Duration.ofNanos(1000 * random.nextLong(8_000_000)));
      long tokens = random.nextLong(1, 4000);
      if (admit(limits, tokens) instanceof Rejected rejected) {
        rejections++;
        assertThat(rejected.retryIn()).isPositive();
        clock.advance(rejected.retryIn());
        assertThat(admit(limits, tokens)).isInstanceOf(Admitted.class);
      }
    }
    assertThat(rejections).isGreaterThan(500);
  }

  @ParameterizedTest
  @EnumSource(LimitAlgorithm.class)
  void noMinuteExceedsLimitPlusBurst(LimitAlgorithm algorithm) {
    LimitSettings settings =
        new LimitSettings(new PerMinute(50, 0), Map.of(), algorithm, Duration.ofMinutes(1), false);
    RateLimits limits = limits(settings);
    SplittableRandom random = new SplittableRandom(7);
    Deque<Long> lastMinute = new ArrayDeque<>();
    int max = 0;
    for (int i = 0; i < 20_000; i++) {
      clock.advance(Duration.ofMillis(random.nextLong(i % 5000 < 100 ? 60_000 : 200)));
      long now = clock.millis();
      if (admit(limits, 1) instanceof Admitted) {
        lastMinute.addLast(now);
      }
      lastMinute.removeIf(at -> at <= now - 60_000);
      max = Math.max(max, lastMinute.size());
    }
    assertThat(max).isLessThanOrEqualTo(100).isGreaterThanOrEqualTo(49);
  }

  @Test
  void burstLimitsBucketCapacity() {
    LimitSettings settings =
        new LimitSettings(
            new PerMinute(600, 0),
            Map.of(),
            LimitAlgorithm.TOKEN_BUCKET,
            Duration.ofSeconds(1),
            false);
    RateLimits limits = limits(settings);
    for (int i = 0; i < 10; i++) {
      assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
    }
    assertThat(rejected(limits, 1).retryIn()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void countedRejectionDelaysNextCall() {
    LimitSettings settings =
        new LimitSettings(
            new PerMinute(1, 0),
            Map.of(),
            LimitAlgorithm.TOKEN_BUCKET,
            Duration.ofMinutes(1),
            true);
    RateLimits limits = limits(settings);
    admit(limits, 1);
    clock.advance(Duration.ofSeconds(50));
    assertThat(rejected(limits, 1).retryIn()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void callsBeforeRetryAfterAreCounted() {
    RateLimits limits = limits(LimitSettings.of(1, 0));
    admit(limits, 1);
    rejected(limits, 1);
    assertThat(limits.callsBeforeRetryAfter()).isZero();
    rejected(limits, 1);
    assertThat(limits.callsBeforeRetryAfter()).isEqualTo(1);
  }

  @Test
  void keysAndModelsHaveSeparateLimits() {
    RateLimits limits = limits(LimitSettings.of(1, 0));
    assertThat(limits.admit("a", "m", 1)).isInstanceOf(Admitted.class);
    assertThat(limits.admit("b", "m", 1)).isInstanceOf(Admitted.class);
    assertThat(limits.admit("a", "n", 1)).isInstanceOf(Admitted.class);
    assertThat(limits.admit("a", "m", 1)).isInstanceOf(Rejected.class);
  }

  @Test
  void changedLimitAppliesImmediately() {
    RateLimits limits = limits(LimitSettings.of(600, 0));
    for (int i = 0; i < 600; i++) {
      admit(limits, 1);
    }
    assertThat(rejected(limits, 1).retryIn()).isEqualTo(Duration.ofMillis(100));
    limits.change(new PerMinute(60, 0));
    assertThat(rejected(limits, 1).retryIn()).isEqualTo(Duration.ofSeconds(1));
    limits.change("m", new PerMinute(0, 0));
    assertThat(admit(limits, 1)).isInstanceOf(Admitted.class);
  }

  private RateLimits limits(LimitSettings settings) {
    return new RateLimits(settings, clock);
  }

  private static LimitCheck admit(RateLimits limits, long tokens) {
    return limits.admit("key", "m", tokens);
  }

  private static Rejected rejected(RateLimits limits, long tokens) {
    return (Rejected) admit(limits, tokens);
  }
}
