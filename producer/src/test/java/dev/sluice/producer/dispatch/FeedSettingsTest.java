package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.platform.startup.StartupException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FeedSettingsTest {
  @Test
  void outcomeMayTakeAMinuteAtMost() {
    assertThat(new FeedSettings(Duration.ofMinutes(5)).outcomeTime())
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(new FeedSettings(Duration.ofSeconds(1)).outcomeTime())
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void checkIntervalIsFiveSecondsOrLostAfterIfThatIsLess() {
    assertThat(new FeedSettings(Duration.ofMinutes(5)).checkInterval())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(new FeedSettings(Duration.ofSeconds(2)).checkInterval())
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void lostAfterIsAtLeastOneSecond() {
    assertThatThrownBy(() -> new FeedSettings(Duration.ofMillis(999)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("sluice.feed.lost-after (PT0.999S) is less than 1 second");
  }
}
