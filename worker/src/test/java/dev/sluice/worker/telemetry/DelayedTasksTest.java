package dev.sluice.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DelayedTasksTest {
  private final AtomicLong now = new AtomicLong(5_000);
  private final DelayedTasks delayed = new DelayedTasks(now::get);

  @Test
  void delayedTasksAreCountedUntilTheyAreDue() {
    delayed.add(Duration.ofSeconds(10));
    delayed.add(Duration.ofSeconds(10));
    delayed.add(Duration.ofMinutes(1));
    assertThat(delayed.count()).isEqualTo(3);
    assertThat(delayed.maxRemainingSeconds()).isEqualTo(61);

    now.addAndGet(12_000);
    assertThat(delayed.count()).isEqualTo(1);
    assertThat(delayed.maxRemainingSeconds()).isEqualTo(49);

    now.addAndGet(60_000);
    assertThat(delayed.count()).isZero();
    assertThat(delayed.maxRemainingSeconds()).isZero();
  }
}
