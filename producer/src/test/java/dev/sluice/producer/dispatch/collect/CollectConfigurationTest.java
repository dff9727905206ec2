package dev.sluice.producer.dispatch.collect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import org.junit.jupiter.api.Test;

class CollectConfigurationTest {
  @Test
  void prefetchedRepliesOfTheMaximumSizeFitIntoTheLimit() {
    HeapLimit limit = new HeapLimit(256L * 1024 * 1024);

    int prefetched = 2 * CollectConfiguration.messagesPerTransaction(limit);

    assertThat((long) prefetched * TaskCodec.MAX_REPLY_BYTES).isLessThanOrEqualTo(limit.bytes());
  }

  @Test
  void largeHeapCollectsInLargeBulks() {
    assertThat(CollectConfiguration.messagesPerTransaction(new HeapLimit(64L << 30)))
        .isEqualTo(200);
  }
}
