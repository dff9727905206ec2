package dev.sluice.producer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import org.junit.jupiter.api.Test;

class DeadLetterConfigurationTest {
  @Test
  void prefetchedDeadLettersOfAllQueuesFitIntoTheLimit() {
    HeapLimit limit = new HeapLimit(96L * 1024 * 1024);

    long prefetched = 5L * DeadLetterConfiguration.prefetch(limit, 5);

    assertThat(prefetched * TaskCodec.MAX_BODY_BYTES).isLessThanOrEqualTo(limit.bytes());
  }
}
