package dev.sluice.simulator.duration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S,0s",
    "PT0.12S,120ms",
    "PT1S,1s",
    "PT1.5S,1.5s",
    "PT6M,6m0s",
    "PT1H2M3S,1h2m3s",
    "PT10S,10s",
    "PT0.0000001S,1ms"
  })
  void durationsAreFormattedAsInGo(Duration duration, String text) {
    assertThat(DurationText.format(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"200ms,PT0.2S", "1.5s,PT1.5S", "6m0s,PT6M", "1h,PT1H", "0s,PT0S"})
  void durationsAreParsedAsInGo(String text, Duration duration) {
    assertThat(DurationText.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "5 s", "-1s", "s", "1d", "99999999999999999h"})
  void invalidDurationIsRejectedWithItsValue(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessageContaining(text);
  }

  @Test
  void secondsAreRoundedUp() {
    assertThat(DurationText.secondsRoundedUp(Duration.ofMillis(1))).isEqualTo(1);
    assertThat(DurationText.secondsRoundedUp(Duration.ofSeconds(2))).isEqualTo(2);
  }
}
