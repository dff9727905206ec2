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

    assertThat(buckets.take(new TokenCost(1_000_000, 1_000_000)).nanos()).isZero();
  }

  @Test
  void eachCallIsDueOneDistanceAfterTheOneBefore() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND));
    buckets.take(TokenCost.OF_A_REQUEST);
    long start = System.nanoTime();

    for (int i = 1; i <= 20; i++) {
      long due = millis(buckets.take(TokenCost.OF_A_REQUEST));
      long passed = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertThat(passed + due).isCloseTo(i * EACH, Offset.offset(TOLERANCE));
    }
  }

  @Test
  void theLimitThatIsScarcerDecidesAndIsNamed() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, 1_000.0, LimitKind.TOKENS, 100.0));
    buckets.take(new TokenCost(500, 0));

    ReservationDelay due = buckets.take(new TokenCost(100, 100));

    assertThat(due.by()).isEqualTo(LimitKind.TOKENS);
    assertThat(millis(due)).isGreaterThan(6_500);
  }

  @Test
  void whatIsGivenBackIsThereForTheNextOne() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND, LimitKind.TOKENS, 100.0));
    buckets.take(new TokenCost(1_000, 0));
    buckets.giveBack(new TokenCost(1_000, 0), true);

    assertThat(millis(buckets.take(new TokenCost(10, 0)))).isLessThan(EACH + TOLERANCE);
  }

  @Test
  void whatWasUsedBeyondTheChargeIsPaidFirst() {
    Buckets buckets = paced(Map.of(LimitKind.TOKENS, 100.0));
    buckets.charge(new TokenCost(0, 1_000));

    assertThat(millis(buckets.take(new TokenCost(1, 0)))).isGreaterThan(9_000);
  }

  @Test
  void aPartOfARequestMovesAllLaterOnes() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND));
    buckets.take(TokenCost.OF_A_REQUEST);
    buckets.skip(2.5);

    assertThat(millis(buckets.take(TokenCost.OF_A_REQUEST)))
        .isCloseTo(EACH * 7 / 2, Offset.offset(TOLERANCE));
  }

  @Test
  void anotherPaceCountsFromNowOnAndDebtsStay() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, PER_SECOND));
    for (int i = 0; i < 11; i++) {
      buckets.take(TokenCost.OF_A_REQUEST);
    }
    buckets.pace(new Rates(Map.of(LimitKind.REQUESTS, PER_SECOND / 10), true));

    assertThat(millis(buckets.take(TokenCost.OF_A_REQUEST))).isGreaterThan(9_000);
  }

  @Test
  void aPaceBeyondAllMeasureHoldsNobodyAndIsNoError() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, 1e12, LimitKind.TOKENS, 1e15));

    assertThat(buckets.take(new TokenCost(1_000, 1_000)).nanos()).isLessThan(1_000_000);
    assertThat(buckets.keptIn()).isNotEqualTo("divided");
  }

  @Test
  void aLimitThatIsLiftedHoldsNobody() {
    Buckets buckets = paced(Map.of(LimitKind.REQUESTS, 0.01));
    buckets.take(TokenCost.OF_A_REQUEST);
    buckets.take(TokenCost.OF_A_REQUEST);
    buckets.pace(Rates.UNBOUNDED);

    assertThat(buckets.take(TokenCost.OF_A_REQUEST).nanos()).isZero();
  }

  private Buckets paced(Map<LimitKind, Double> perSecond) {
    Buckets buckets = buckets();
    buckets.pace(new Rates(perSecond, true));
    return buckets;
  }

  private static long millis(ReservationDelay due) {
    return Duration.ofNanos(due.nanos()).toMillis();
  }
}
