package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UnconfirmedTasksTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void whatMayBeInAWorkersHandsIsHeldBackForAWhile() {
    UUID one = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    UnconfirmedTasks unconfirmedTasks = new UnconfirmedTasks();
    unconfirmedTasks.add(List.of(one), 0);
    unconfirmedTasks.add(List.of(one, other), 20 * SECOND);

    assertThat(unconfirmedTasks.held(29 * SECOND)).containsExactlyInAnyOrder(one, other);
    assertThat(unconfirmedTasks.held(31 * SECOND)).containsExactly(other);
    assertThat(unconfirmedTasks.held(51 * SECOND)).isEmpty();
  }
}
