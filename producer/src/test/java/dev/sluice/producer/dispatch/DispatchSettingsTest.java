package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.platform.startup.StartupException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DispatchSettingsTest {
  @Test
  void outcomeMayTakeAMinuteAtMost() {
    assertThat(new DispatchSettings(Duration.ofMinutes(5)).outcomeTime())
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(new DispatchSettings(Duration.ofSeconds(1)).outcomeTime())
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void checkIntervalIsFiveSecondsOrLostAfterIfThatIsLess() {
    assertThat(new DispatchSettings(Duration.ofMinutes(5)).checkInterval())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(new DispatchSettings(Duration.ofSeconds(2)).checkInterval())
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void lostAfterIsAtLeastOneSecond() {
    assertThatThrownBy(() -> new DispatchSettings(Duration.ofMillis(999)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("sluice.dispatch.lost-after (PT0.999S) is less than 1 second");
  }
}
