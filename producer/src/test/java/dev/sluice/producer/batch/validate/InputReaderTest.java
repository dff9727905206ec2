package dev.sluice.producer.batch.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.infrastructure.memory.HeapLimit;
import org.junit.jupiter.api.Test;

class InputReaderTest {
  @Test
  void memoryLimitsTheNumberOfLines() {
    assertThat(InputReader.maxLines(1_000_000, new HeapLimit(80_000))).isEqualTo(1_000);
    assertThat(InputReader.maxLines(1_000_000, new HeapLimit(1L << 30))).isEqualTo(1_000_000);
  }
}
