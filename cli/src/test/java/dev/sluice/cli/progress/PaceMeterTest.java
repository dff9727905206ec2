package dev.sluice.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceMeterTest {
  private static final Instant START = Instant.ofEpochSecond(0);

  private final PaceMeter meter = new PaceMeter();

  @Test
  void oneSampleSaysNothing() {
    assertThat(meter.sample(START, 5)).isEqualTo(Pace.UNKNOWN);
  }

  @Test
  void onlyTheLastThirtySecondsCount() {
    meter.sample(START, 0);
    for (int second = 1; second <= 60; second++) {
      meter.sample(START.plusSeconds(second), second * 10L);
    }
    Pace pace = Pace.UNKNOWN;
    for (int second = 61; second <= 91; second++) {
      pace = meter.sample(START.plusSeconds(second), 600 + (second - 60));
    }
    assertThat(pace.perMinute()).hasValue(60);
  }

  @Test
  void theRestTakesAsLongAsThePaceSays() {
    meter.sample(START, 0);
    Pace pace = meter.sample(START.plusSeconds(10), 100);
    assertThat(pace.perMinute()).hasValue(600);
    assertThat(pace.timeFor(151)).contains(Duration.ofSeconds(16));
    assertThat(pace.timeFor(0)).isEmpty();
  }

  @Test
  void aStepBackIsNoNegativePace() {
    meter.sample(START, 100);
    assertThat(meter.sample(START.plusSeconds(10), 90).perMinute()).hasValue(0);
  }
}
