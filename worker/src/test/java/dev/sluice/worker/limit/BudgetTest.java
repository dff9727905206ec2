package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private final ManualTime time = new ManualTime();

  @Test
  void aMinuteOfEagerCallsUsesTheLimitAndNoMoreThanItsQuarterSecondOnTop() {
    Budget budget = Budget.perMinute(600, time);
    long end = time.nanos + TimeUnit.MINUTES.toNanos(1);
    int calls = 0;
    while (true) {
      time.nanos += budget.take(1);
      if (time.nanos >= end) {
        break;
      }
      calls++;
    }

    assertThat(calls).isBetween(598, 602);
  }

  @Test
  void idleTimeIsNotSavedUpForABurst() {
    Budget budget = Budget.perMinute(600, time);
    time.nanos += TimeUnit.MINUTES.toNanos(10);

    assertThat(budget.take(1)).isZero();
    assertThat(budget.take(1)).isZero();
    assertThat(budget.take(1)).isPositive();
  }

  @Test
  void anAmountAboveTheWholeBucketWaitsForAsLongAsItTakesToEarnIt() {
    Budget budget = Budget.perMinute(60_000, time);

    long wait = budget.take(10_250);

    assertThat(TimeUnit.NANOSECONDS.toMillis(wait)).isBetween(9_999L, 10_001L);
  }

  @Test
  void whatWasTakenTooMuchShortensTheNextWait() {
    Budget budget = Budget.perMinute(60_000, time);
    time.nanos += budget.take(5_250);
    budget.take(3_000);
    budget.correct(2_000);

    assertThat(TimeUnit.NANOSECONDS.toMillis(budget.take(1_000))).isBetween(1_999L, 2_001L);
  }

  @Test
  void whatWasTakenTooLittleLengthensTheNextWait() {
    Budget budget = Budget.perMinute(60_000, time);
    budget.take(250);
    budget.correct(-2_000);

    assertThat(TimeUnit.NANOSECONDS.toMillis(budget.take(1_000))).isBetween(2_999L, 3_001L);
  }

  @Test
  void withoutALimitNothingWaits() {
    Budget budget = Budget.perMinute(0, time);

    assertThat(budget.take(1_000_000)).isZero();
    assertThat(budget.isLimited()).isFalse();
  }

  private static final class ManualTime implements TimeMeter {
    private long nanos = 1;

    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
