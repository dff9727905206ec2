package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FirstQueuedLineCacheTest {
  private static final UUID BATCH = new UUID(0, 1);

  private final AtomicLong nanoTime = new AtomicLong();
  private final FirstQueuedLineCache lines = new FirstQueuedLineCache(nanoTime::get);

  @Test
  void scanStartsAtTheLowestQueuedLineOfTheRoute() {
    lines.update("mini", BATCH, OptionalLong.of(120_000));

    assertThat(lines.firstLine("mini", BATCH)).isEqualTo(120_000);
    assertThat(lines.firstLine("large", BATCH)).isZero();
  }

  @Test
  void requeuedLowerLinesAreScannedAfterFiveSeconds() {
    lines.update("mini", BATCH, OptionalLong.of(100));
    advance(4);
    lines.update("mini", BATCH, OptionalLong.of(200));
    assertThat(lines.firstLine("mini", BATCH)).isEqualTo(200);

    advance(2);
    assertThat(lines.firstLine("mini", BATCH)).isZero();
  }

  @Test
  void requeuedLowerLinesAreScannedAtOnceAfterAnEmptyScan() {
    lines.update("mini", BATCH, OptionalLong.of(100));
    lines.update("mini", BATCH, OptionalLong.empty());

    assertThat(lines.firstLine("mini", BATCH)).isZero();
  }

  private void advance(long seconds) {
    nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
