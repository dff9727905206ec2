package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ByteLimitTest {
  @Test
  void rowsThatFitTogetherAreFirst() {
    assertThat(first(List.of(4L, 6L, 1L))).containsExactly(4L, 6L);
    assertThat(first(List.of(4L, 5L))).containsExactly(4L, 5L);
  }

  @Test
  void aRowAboveTheLimitIsAlone() {
    assertThat(first(List.of(11L, 1L))).containsExactly(11L);
    assertThat(first(List.of(1L, 11L))).containsExactly(1L);
  }

  @Test
  void noRowsAreEmpty() {
    assertThat(first(List.of())).isEmpty();
  }

  private static List<Long> first(List<Long> sizes) {
    return ByteLimit.first(sizes, Long::longValue, 10);
  }
}
