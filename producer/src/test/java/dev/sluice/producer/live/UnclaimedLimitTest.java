package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnclaimedLimitTest {
  private final UnclaimedLimit limit = new UnclaimedLimit();

  @Test
  void increasesWhileTasksAreClaimedSoon() {
    assertThat(limit.perWorker()).isEqualTo(2);

    claim(10, Duration.ofMillis(5));
    assertThat(limit.perWorker()).isEqualTo(12);

    claim(100, Duration.ofMillis(5));
    assertThat(limit.perWorker()).isEqualTo(64);
  }

  @Test
  void returnsToTheMinimumWhenATaskHasWaited() {
    claim(10, Duration.ofMillis(5));

    claim(1, Duration.ofMillis(50));
    assertThat(limit.perWorker()).isEqualTo(12);

    claim(1, Duration.ofMillis(150));
    assertThat(limit.perWorker()).isEqualTo(2);
  }

  private void claim(int times, Duration wait) {
    for (int i = 0; i < times; i++) {
      limit.onClaimed(wait);
    }
  }
}
