package dev.sluice.producer.infrastructure.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdleBackoffTest {
  private final IdleBackoff backoff =
      new IdleBackoff(Duration.ofMillis(200), Duration.ofSeconds(1));

  @Test
  void pausesOfAnIdleLoopDoubleUpToTheMaximum() {
    assertThat(pauses(5, true)).containsExactly(200L, 400L, 800L, 1000L, 1000L);
  }

  @Test
  void loopThatIsNotIdleAlwaysHasTheShortestPause() {
    assertThat(pauses(3, false)).containsExactly(200L, 200L, 200L);
  }

  @Test
  void roundThatIsNotIdleEndsTheBackoff() {
    pauses(3, true);
    assertThat(pauses(1, false)).containsExactly(200L);
    assertThat(pauses(2, true)).containsExactly(200L, 400L);
  }

  @Test
  void wakeUpEndsTheBackoff() {
    pauses(3, true);
    backoff.reset();
    assertThat(pauses(2, true)).containsExactly(200L, 400L);
  }

  private Stream<Long> pauses(int rounds, boolean idle) {
    return Stream.generate(() -> backoff.next(idle).toMillis()).limit(rounds).toList().stream();
  }
}
