package dev.sluice.common.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeldSourceTest {
  @Test
  void aNameHasNoLineBreaksOrControlCharacters() {
    assertThat(HeldSource.of("batch_1", "m\r\n2026 WARN\t\u001b[0m\u2028\u0085\u202e"))
        .isEqualTo("batch_1 m??2026 WARN??[0m???");
  }

  @Test
  void theCallerIsReadFromTheName() {
    assertThat(HeldSource.callerOf(HeldSource.of("batch_1", "a model"))).isEqualTo("batch_1");
  }
}
