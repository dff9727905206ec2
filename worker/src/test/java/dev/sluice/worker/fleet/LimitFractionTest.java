package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitFractionTest {
  private static final int OWN = 8;

  private final LimitFraction fraction = new LimitFraction(OWN, 0);
  private long now;

  @Test
  void aNewWorkerStartsWithASmallFraction() {
    fraction.onConsumerCount(OWN, now);

    assertThat(fraction.limitFraction()).isLessThan(0.05);
  }

  @Test
  void aSingleWorkerHasTheWholeLimitAfterADelay() {
    becomeSingleWorker();

    assertThat(fraction.limitFraction()).isEqualTo(1);
  }

  @Test
  void aNewPeerReducesTheFractionAtOnce() {
    becomeSingleWorker();
    fraction.onConsumerCount(2 * OWN, later(10));

    assertThat(fraction.limitFraction()).isEqualTo(0.5);
  }

  @Test
  void theFractionGrowsOnlyWhenAPeerStaysAway() {
    becomeSingleWorker();
    fraction.onConsumerCount(2 * OWN, later(10));
    fraction.onConsumerCount(OWN, later(500));
    assertThat(fraction.limitFraction()).isEqualTo(0.5);
    fraction.onConsumerCount(2 * OWN, later(500));
    fraction.onConsumerCount(OWN, later(1_000));
    assertThat(fraction.limitFraction()).isEqualTo(0.5);
    fraction.onConsumerCount(OWN, later(2_000));

    assertThat(fraction.limitFraction()).isEqualTo(1);
  }

  @Test
  void aCountBelowTheOwnConsumersIsIgnored() {
    becomeSingleWorker();
    fraction.onConsumerCount(0, later(10));

    assertThat(fraction.limitFraction()).isEqualTo(1);
  }

  private void becomeSingleWorker() {
    fraction.onConsumerCount(OWN, later(100));
    fraction.onConsumerCount(OWN, later(2_000));
  }

  private long later(long millis) {
    now += Duration.ofMillis(millis).toNanos();
    return now;
  }
}
