package dev.sluice.worker.limit.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The behaviour of all implementations of {@link Buckets}. */
abstract class BucketsSuite {
  private static final double PER_SECOND = 1;
  private static final long INTERVAL = 1_000;

  /** Tolerance of a delay in milliseconds, for a busy machine. */
  private static final long TOLERANCE = 600;

  /** Returns new buckets that no other test uses. */
  abstract Buckets buckets();

  @Test
  void withoutRatesEveryCallIsDueAtOnce() {
    Buckets buckets = buckets();

    assertThat(buckets.reserve(new TokenCost(1_000_000, 1_000_000)).nanos()).isZero();
  }

  @Test
  void eachCallIsDueOneIntervalAfterThePreviousOne() {
    Buckets buckets = withRates(Map.of(LimitKind.REQUESTS, PER_SECOND));
    buckets.reserve(TokenCost.NONE);
    long start = System.nanoTime();

    for (int i = 1; i <= 20; i++) {
      long delay = millis(buckets.reserve(TokenCost.NONE));
      long elapsed = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertThat(elapsed + delay).isCloseTo(i * INTERVAL, Offset.offset(TOLERANCE));
    }
  }

  @Test
  void theScarcerLimitDecidesAndIsNamed() {
    Buckets buckets = withRates(Map.of(LimitKind.REQUESTS, 1_000.0, LimitKind.TOKENS, 100.0));
    buckets.reserve(new TokenCost(500, 0));

    ReservationDelay delay = buckets.reserve(new TokenCost(100, 100));

    assertThat(delay.by()).isEqualTo(LimitKind.TOKENS);
    assertThat(millis(delay)).isGreaterThan(6_500);
  }

  @Test
  void aRefundIsAvailableToTheNextCall() {
    Buckets buckets = withRates(Map.of(LimitKind.REQUESTS, PER_SECOND, LimitKind.TOKENS, 100.0));
    buckets.reserve(new TokenCost(1_000, 0));
    buckets.refund(new TokenCost(1_000, 0), true);

    assertThat(millis(buckets.reserve(new TokenCost(10, 0)))).isLessThan(INTERVAL + TOLERANCE);
  }

  @Test
  void aDebitDelaysTheNextCall() {
    Buckets buckets = withRates(Map.of(LimitKind.TOKENS, 100.0));
    buckets.debit(new TokenCost(0, 1_000));

    assertThat(millis(buckets.reserve(new TokenCost(1, 0)))).isGreaterThan(9_000);
  }

  @Test
  void aFractionOfARequestDelaysAllLaterCalls() {
    Buckets buckets = withRates(Map.of(LimitKind.REQUESTS, PER_SECOND));
    buckets.reserve(TokenCost.NONE);
    buckets.delayLaterCalls(2.5);

    assertThat(millis(buckets.reserve(TokenCost.NONE)))
        .isCloseTo(INTERVAL * 7 / 2, Offset.offset(TOLERANCE));
  }

  @Test
  void newRatesApplyFromNowOnAndDebtsRemain() {
    Buckets buckets = withRates(Map.of(LimitKind.REQUESTS, PER_SECOND));
    for (int i = 0; i < 11; i++) {
      buckets.reserve(TokenCost.NONE);
    }
    buckets.setRates(new Rates(Map.of(LimitKind.REQUESTS, PER_SECOND / 10), true));

    assertThat(millis(buckets.reserve(TokenCost.NONE))).isGreaterThan(90 * INTERVAL);
  }

  @Test
  void veryHighRatesDelayNoCallAndAreNoError() {
    Buckets buckets = withRates(Map.of(LimitKind.REQUESTS, 1e12, LimitKind.TOKENS, 1e15));

    assertThat(buckets.reserve(new TokenCost(1_000, 1_000)).nanos()).isLessThan(1_000_000);
    assertThat(buckets.limitStorage()).isNotEqualTo("partitioned");
  }

  @Test
  void aRemovedLimitDelaysNoCall() {
    Buckets buckets = withRates(Map.of(LimitKind.REQUESTS, 0.01));
    buckets.reserve(TokenCost.NONE);
    buckets.reserve(TokenCost.NONE);
    buckets.setRates(Rates.UNLIMITED);

    assertThat(buckets.reserve(TokenCost.NONE).nanos()).isZero();
  }

  private Buckets withRates(Map<LimitKind, Double> perSecond) {
    Buckets buckets = buckets();
    buckets.setRates(new Rates(perSecond, true));
    return buckets;
  }

  private static long millis(ReservationDelay delay) {
    return Duration.ofNanos(delay.nanos()).toMillis();
  }
}
