package dev.sluice.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateMeterTest {
  private static final Instant START = Instant.ofEpochSecond(0);

  private final RateMeter meter = new RateMeter();

  @Test
  void oneSampleGivesNoRate() {
    assertThat(meter.sample(START, 5)).isEqualTo(Rate.UNKNOWN);
  }

  @Test
  void rateCoversLastThirtySeconds() {
    meter.sample(START, 0);
    for (int second = 1; second <= 60; second++) {
      meter.sample(START.plusSeconds(second), second * 10L);
    }
    Rate rate = Rate.UNKNOWN;
    for (int second = 61; second <= 91; second++) {
      rate = meter.sample(START.plusSeconds(second), 600 + (second - 60));
    }
    assertThat(rate.perMinute()).hasValue(60);
  }

  @Test
  void timeLeftFollowsFromRate() {
    meter.sample(START, 0);
    Rate rate = meter.sample(START.plusSeconds(10), 100);
    assertThat(rate.perMinute()).hasValue(600);
    assertThat(rate.timeFor(151)).contains(Duration.ofSeconds(16));
    assertThat(rate.timeFor(0)).isEmpty();
  }

  @Test
  void idleBatchHasNoRate() {
    meter.sample(START, 0);
    meter.sample(START.plusSeconds(5), 50);
    assertThat(meter.sample(START.plusSeconds(19), 50).perMinute()).hasValue(158);

    Rate idle = meter.sample(START.plusSeconds(20), 50);
    assertThat(idle.perMinute()).isEmpty();
    assertThat(idle.timeFor(100)).isEmpty();
    assertThat(idle.idle()).contains(Duration.ofSeconds(15));
    assertThat(meter.sample(START.plusSeconds(45), 50).idle()).contains(Duration.ofSeconds(40));

    assertThat(meter.sample(START.plusSeconds(46), 51).idle()).isEmpty();
  }

  @Test
  void decreasingCountGivesRateOfZero() {
    meter.sample(START, 100);
    assertThat(meter.sample(START.plusSeconds(10), 90).perMinute()).hasValue(0);
  }
}
