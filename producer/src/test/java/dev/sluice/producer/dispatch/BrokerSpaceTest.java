package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BrokerSpaceTest {
  private static final Set<UUID> HELD = Set.of(new UUID(0, 1));

  @Test
  void aHeldBatchThatHasFilledTheBrokerLeavesHalfToOthers() {
    assertThat(BrokerSpace.shared(1_000, 1_000, 1_000, HELD)).isEqualTo(new BrokerSpace(500, HELD));
    assertThat(BrokerSpace.shared(1, 1, 1, HELD)).isEqualTo(new BrokerSpace(1, HELD));
  }

  @Test
  void aHeldBatchWithLessThanHalfIsStillPublished() {
    assertThat(BrokerSpace.shared(1_000, 800, 499, HELD)).isEqualTo(new BrokerSpace(200, Set.of()));
  }

  @Test
  void heldBatchesNeverUseMoreThanTwiceTheMaximum() {
    assertThat(BrokerSpace.shared(1_000, 1_900, 1_900, HELD).free()).isEqualTo(100);
    assertThat(BrokerSpace.shared(1_000, 2_000, 2_000, HELD).free()).isZero();
  }

  @Test
  void withoutHeldBatchesTheMaximumIsExact() {
    assertThat(BrokerSpace.unshared(1_000, 1_000).free()).isZero();
  }
}
