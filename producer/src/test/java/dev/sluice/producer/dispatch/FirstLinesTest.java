package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FirstLinesTest {
  private static final UUID BATCH = new UUID(0, 1);

  private final AtomicLong nanoTime = new AtomicLong();
  private final FirstLines lines = new FirstLines(nanoTime::get);

  @Test
  void scanStartsAtTheLowestQueuedLineOfTheRoute() {
    lines.found("mini", BATCH, OptionalLong.of(120_000));

    assertThat(lines.firstLine("mini", BATCH)).isEqualTo(120_000);
    assertThat(lines.firstLine("large", BATCH)).isZero();
  }

  @Test
  void lowerLinesThatComeBackAreFoundAfterFiveSeconds() {
    lines.found("mini", BATCH, OptionalLong.of(100));
    pass(4);
    lines.found("mini", BATCH, OptionalLong.of(200));
    assertThat(lines.firstLine("mini", BATCH)).isEqualTo(200);

    pass(2);
    assertThat(lines.firstLine("mini", BATCH)).isZero();
  }

  @Test
  void lowerLinesThatComeBackAreFoundAtOnceWhereNoOtherIsLeft() {
    lines.found("mini", BATCH, OptionalLong.of(100));
    lines.found("mini", BATCH, OptionalLong.empty());

    assertThat(lines.firstLine("mini", BATCH)).isZero();
  }

  private void pass(long seconds) {
    nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
