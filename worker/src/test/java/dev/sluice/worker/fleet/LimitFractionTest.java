package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitFractionTest {
  private static final int OWN = 8;

  private final LimitFraction share = new LimitFraction(OWN, 0);
  private long now;

  @Test
  void aWorkerThatHasJustStartedTakesNextToNothing() {
    share.counted(OWN, now);

    assertThat(share.limitFraction()).isLessThan(0.05);
  }

  @Test
  void aWorkerThatStaysAloneHasTheWhole() {
    alone();

    assertThat(share.limitFraction()).isEqualTo(1);
  }

  @Test
  void roomForAnotherWorkerIsMadeAtOnce() {
    alone();
    share.counted(2 * OWN, later(10));

    assertThat(share.limitFraction()).isEqualTo(0.5);
  }

  @Test
  void thePartOfOneThatLeftIsTakenOnlyWhenItStaysAway() {
    alone();
    share.counted(2 * OWN, later(10));
    share.counted(OWN, later(500));
    assertThat(share.limitFraction()).isEqualTo(0.5);
    share.counted(2 * OWN, later(500));
    share.counted(OWN, later(1_000));
    assertThat(share.limitFraction()).isEqualTo(0.5);
    share.counted(OWN, later(2_000));

    assertThat(share.limitFraction()).isEqualTo(1);
  }

  @Test
  void aCountThatMissesItsOwnConsumersIsNotBelieved() {
    alone();
    share.counted(0, later(10));

    assertThat(share.limitFraction()).isEqualTo(1);
  }

  private void alone() {
    share.counted(OWN, later(100));
    share.counted(OWN, later(2_000));
  }

  private long later(long millis) {
    now += Duration.ofMillis(millis).toNanos();
    return now;
  }
}
