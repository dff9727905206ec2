package dev.sluice.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoscalerTest {
  private static final Autoscaler.Rules RULES =
      new Autoscaler.Rules(10, 8, Duration.ofSeconds(60), Duration.ofSeconds(30));

  private final Autoscaler scaler = new Autoscaler(RULES, 0);

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1, 0, 1", // KEDA starts one pod
    "5000, 0, 1",
    "17, 2, 2", // within the tolerance: 16 to 19
    "17.5, 2, 2",
    "18, 2, 3",
    "5000, 1, 5", // four more in one step
    "5000, 5, 10", // or double, up to the maximum
    "5000, 10, 10",
    "20, 3, 3",
  })
  void podsFollowTheMetricWithinTheRules(double metric, int pods, int desired) {
    assertThat(scaler.pods(metric, pods, 0)).isEqualTo(desired);
  }

  @Test
  void scaleDownWaitsForTheStabilizationWindow() {
    assertThat(scaler.pods(48, 6, at(0))).isEqualTo(6);
    assertThat(scaler.pods(8, 6, at(20))).isEqualTo(6);
    assertThat(scaler.pods(24, 6, at(25))).isEqualTo(6);
    assertThat(scaler.pods(8, 6, at(31))).isEqualTo(3);
    assertThat(scaler.pods(8, 3, at(56))).isEqualTo(1);
  }

  @Test
  void scaleToZeroWaitsForTheCooldown() {
    assertThat(scaler.pods(8, 1, at(0))).isEqualTo(1);
    assertThat(scaler.pods(0, 1, at(59))).isEqualTo(1);
    assertThat(scaler.pods(0, 1, at(60))).isZero();
    assertThat(scaler.pods(0, 0, at(65))).isZero();
    assertThat(scaler.pods(1, 0, at(70))).isEqualTo(1);
    assertThat(scaler.pods(0, 1, at(129))).isEqualTo(1);
  }

  private static long at(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
