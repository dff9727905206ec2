package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.startup.StartupException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FeedSettingsTest {
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);

  @Test
  void outcomeMayTakeTheLongestCallAndAMinute() {
    assertThat(new FeedSettings(Duration.ofMinutes(5)).outcomeTime(CALL_TIMEOUT))
        .isEqualTo(Duration.ofMinutes(3));
    assertThat(new FeedSettings(Duration.ofSeconds(1)).outcomeTime(CALL_TIMEOUT))
        .isEqualTo(Duration.ofSeconds(121));
  }

  @Test
  void lostAfterIsAtLeastOneSecond() {
    assertThatThrownBy(() -> new FeedSettings(Duration.ofMillis(999)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("sluice.feed.lost-after (PT0.999S) is less than 1 second");
  }
}
