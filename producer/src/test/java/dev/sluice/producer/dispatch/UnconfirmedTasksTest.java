package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UnconfirmedTasksTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void unconfirmedTaskIsExcludedFor30Seconds() {
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    UnconfirmedTasks unconfirmedTasks = new UnconfirmedTasks();
    unconfirmedTasks.add(List.of(first), 0);
    unconfirmedTasks.add(List.of(first, second), 20 * SECOND);

    assertThat(unconfirmedTasks.excluded(29 * SECOND)).containsExactlyInAnyOrder(first, second);
    assertThat(unconfirmedTasks.excluded(31 * SECOND)).containsExactly(second);
    assertThat(unconfirmedTasks.excluded(51 * SECOND)).isEmpty();
  }
}
