package dev.sluice.producer.batch.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DigestSetTest {
  private final DigestSet set = new DigestSet();

  @Test
  void textIsAddedOnce() {
    assertThat(set.add("a")).isTrue();
    assertThat(set.add("b")).isTrue();
    assertThat(set.add("a")).isFalse();
  }

  @Test
  void textsStayInTheSetWhileItGrows() {
    IntStream.range(0, 10_000).forEach(i -> assertThat(set.add("id-" + i)).isTrue());
    IntStream.range(0, 10_000).forEach(i -> assertThat(set.add("id-" + i)).isFalse());
  }

  @Test
  void memoryDoesNotDependOnTheLengthOfTheTexts() throws ReflectiveOperationException {
    String prefix = "x".repeat(4000);
    IntStream.range(0, 10_000).forEach(i -> set.add(prefix + i));
    assertThat(8L * table().length).isLessThanOrEqualTo(10_000L * DigestSet.MAX_BYTES_PER_TEXT);
  }

  private long[] table() throws ReflectiveOperationException {
    Field table = DigestSet.class.getDeclaredField("table");
    table.setAccessible(true);
    return (long[]) table.get(set);
  }
}
