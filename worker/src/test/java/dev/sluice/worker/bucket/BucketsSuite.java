package dev.sluice.worker.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What all buckets have to do, wherever they are kept. */
abstract class BucketsSuite {
  private static final double PER_SECOND = 10;
  private static final long EACH = 100;

  /** How far a due time may be off, in milliseconds, while the machine does other things too. */
  private static final long TOLERANCE = 60;

  /** New buckets, used by nobody else. */
  abstract Buckets buckets();

  @Test
  void withoutAPaceEverythingIsDueAtOnce() {
    Buckets buckets = buckets();

    assertThat(buckets.reserve(new TokenCost(1_000_000, 1_000_000)).nanos()).isZero();
  }

  @Test
  void eachCallIsDueOneDistanceAfterTheOneBefore() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND));
    buckets.reserve(TokenCost.OF_A_REQUEST);
    long start = System.nanoTime();

    for (int i = 1; i <= 20; i++) {
      long due = millis(buckets.reserve(TokenCost.OF_A_REQUEST));
      long passed = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertThat(passed + due).isCloseTo(i * EACH, Offset.offset(TOLERANCE));
    }
  }

  @Test
  void theLimitThatIsScarcerDecidesAndIsNamed() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, 1_000.0, LimitKind.TOKENS, 100.0));
    buckets.reserve(new TokenCost(500, 0));

    ReservationDelay reservationDelay = buckets.reserve(new TokenCost(100, 100));

    assertThat(reservationDelay.by()).isEqualTo(LimitKind.TOKENS);
    assertThat(millis(reservationDelay)).isGreaterThan(6_500);
  }

  @Test
  void whatIsGivenBackIsThereForTheNextOne() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND, LimitKind.TOKENS, 100.0));
    buckets.reserve(new TokenCost(1_000, 0));
    buckets.refund(new TokenCost(1_000, 0), true);

    assertThat(millis(buckets.reserve(new TokenCost(10, 0)))).isLessThan(EACH + TOLERANCE);
  }

  @Test
  void whatWasUsedBeyondTheChargeIsPaidFirst() {
    Buckets buckets = paced(Map.of(LimitKind.TOKENS, 100.0));
    buckets.debit(new TokenCost(0, 1_000));

    assertThat(millis(buckets.reserve(new TokenCost(1, 0)))).isGreaterThan(9_000);
  }

  @Test
  void aPartOfARequestMovesAllLaterOnes() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND));
    buckets.reserve(TokenCost.OF_A_REQUEST);
    buckets.delayLaterCalls(2.5);

    assertThat(millis(buckets.reserve(TokenCost.OF_A_REQUEST)))
        .isCloseTo(EACH * 7 / 2, Offset.offset(TOLERANCE));
  }

  @Test
  void anotherPaceCountsFromNowOnAndDebtsStay() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND));
    for (int i = 0; i < 11; i++) {
      buckets.reserve(TokenCost.OF_A_REQUEST);
    }
    buckets.setRates(new Rates(Map.of(LimitKind.REQUESTS, PER_SECOND / 10), true));

    assertThat(millis(buckets.reserve(TokenCost.OF_A_REQUEST))).isGreaterThan(9_000);
  }

  @Test
  void aPaceBeyondAllMeasureHoldsNobodyAndIsNoError() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, 1e12, LimitKind.TOKENS, 1e15));

    assertThat(buckets.reserve(new TokenCost(1_000, 1_000)).nanos()).isLessThan(1_000_000);
    assertThat(buckets.storage()).isNotEqualTo("divided");
  }

  @Test
  void aLimitThatIsLiftedHoldsNobody() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, 0.01));
    buckets.reserve(TokenCost.OF_A_REQUEST);
    buckets.reserve(TokenCost.OF_A_REQUEST);
    buckets.setRates(Rates.UNBOUNDED);

    assertThat(buckets.reserve(TokenCost.OF_A_REQUEST).nanos()).isZero();
  }

  private Buckets paced(Map<LimitKind, Double> perSecond) {
    Buckets buckets = buckets();
    buckets.setRates(new Rates(perSecond, true));
    return buckets;
  }

  private static long millis(ReservationDelay reservationDelay) {
    return Duration.ofNanos(reservationDelay.nanos()).toMillis();
  }
}
