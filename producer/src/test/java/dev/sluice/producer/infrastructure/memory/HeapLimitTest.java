package dev.sluice.producer.infrastructure.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapLimitTest {
  @Test
  void itemsOfTheMaximumSizeFit() {
    assertThat(new HeapLimit(100).items(15, 400)).isEqualTo(6);
  }

  @Test
  void atLeastOneAndAtMostTheMaximum() {
    assertThat(new HeapLimit(100).items(1_000, 400)).isEqualTo(1);
    assertThat(new HeapLimit(100_000).items(1, 400)).isEqualTo(400);
  }
}
