package dev.sluice.producer.infrastructure.retention;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetentionSettingsTest {

  @Test
  void historyIsKeptForAnHourAtLeast() {
    assertThatThrownBy(
            () ->
                new RetentionSettings(
                    null, Duration.ZERO, Duration.ofMinutes(59), Duration.ofMinutes(1)))
        .hasMessage("sluice.retention.history-after (PT59M) must be at least 1h.");
  }
}
