package dev.sluice.worker.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.pace.Cost;
import dev.sluice.worker.pace.Dimension;
import dev.sluice.worker.pace.Rates;
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

    assertThat(buckets.take(new Cost(1_000_000, 1_000_000)).nanos()).isZero();
  }

  @Test
  void eachCallIsDueOneDistanceAfterTheOneBefore() {
    Buckets buckets = paced(Map.of(Dimension.REQUESTS, PER_SECOND));
    buckets.take(Cost.OF_A_REQUEST);
    long start = System.nanoTime();

    for (int i = 1; i <= 20; i++) {
      long due = millis(buckets.take(Cost.OF_A_REQUEST));
      long passed = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertThat(passed + due).isCloseTo(i * EACH, Offset.offset(TOLERANCE));
    }
  }

  @Test
  void theLimitThatIsScarcerDecidesAndIsNamed() {
    Buckets buckets = paced(Map.of(Dimension.REQUESTS, 1_000.0, Dimension.TOKENS, 100.0));
    buckets.take(new Cost(500, 0));

    Due due = buckets.take(new Cost(100, 100));

    assertThat(due.by()).isEqualTo(Dimension.TOKENS);
    assertThat(millis(due)).isGreaterThan(6_500);
  }

  @Test
  void whatIsGivenBackIsThereForTheNextOne() {
    Buckets buckets = paced(Map.of(Dimension.REQUESTS, PER_SECOND, Dimension.TOKENS, 100.0));
    buckets.take(new Cost(1_000, 0));
    buckets.giveBack(new Cost(1_000, 0), true);

    assertThat(millis(buckets.take(new Cost(10, 0)))).isLessThan(EACH + TOLERANCE);
  }

  @Test
  void whatWasUsedBeyondTheChargeIsPaidFirst() {
    Buckets buckets = paced(Map.of(Dimension.TOKENS, 100.0));
    buckets.charge(new Cost(0, 1_000));

    assertThat(millis(buckets.take(new Cost(1, 0)))).isGreaterThan(9_000);
  }

  @Test
  void aPartOfARequestMovesAllLaterOnes() {
    Buckets buckets = paced(Map.of(Dimension.REQUESTS, PER_SECOND));
    buckets.take(Cost.OF_A_REQUEST);
    buckets.skip(2.5);

    assertThat(millis(buckets.take(Cost.OF_A_REQUEST)))
        .isCloseTo(EACH * 7 / 2, Offset.offset(TOLERANCE));
  }

  @Test
  void anotherPaceCountsFromNowOnAndDebtsStay() {
    Buckets buckets = paced(Map.of(Dimension.REQUESTS, PER_SECOND));
    for (int i = 0; i < 11; i++) {
      buckets.take(Cost.OF_A_REQUEST);
    }
    buckets.pace(new Rates(Map.of(Dimension.REQUESTS, PER_SECOND / 10), true));

    assertThat(millis(buckets.take(Cost.OF_A_REQUEST))).isGreaterThan(9_000);
  }

  @Test
  void aPaceBeyondAllMeasureHoldsNobodyAndIsNoError() {
    Buckets buckets = paced(Map.of(Dimension.REQUESTS, 1e12, Dimension.TOKENS, 1e15));

    assertThat(buckets.take(new Cost(1_000, 1_000)).nanos()).isLessThan(1_000_000);
    assertThat(buckets.keptIn()).isNotEqualTo("divided");
  }

  @Test
  void aLimitThatIsLiftedHoldsNobody() {
    Buckets buckets = paced(Map.of(Dimension.REQUESTS, 0.01));
    buckets.take(Cost.OF_A_REQUEST);
    buckets.take(Cost.OF_A_REQUEST);
    buckets.pace(Rates.UNBOUNDED);

    assertThat(buckets.take(Cost.OF_A_REQUEST).nanos()).isZero();
  }

  private Buckets paced(Map<Dimension, Double> perSecond) {
    Buckets buckets = buckets();
    buckets.pace(new Rates(perSecond, true));
    return buckets;
  }

  private static long millis(Due due) {
    return Duration.ofNanos(due.nanos()).toMillis();
  }
}
