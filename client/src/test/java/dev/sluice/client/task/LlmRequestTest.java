package dev.sluice.client.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.common.wire.Lane;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlmRequestTest {
  @Test
  void chatIsABatchTaskForADay() {
    LlmRequest request = LlmRequest.chat("mini", "{\"stream\":false}");

    assertThat(request.endpoint()).isEqualTo("/v1/chat/completions");
    assertThat(request.lane()).isEqualTo(Lane.BATCH);
    assertThat(request.timeout()).isEqualTo(Duration.ofHours(24));
    assertThat(request.live().lane()).isEqualTo(Lane.LIVE);
    assertThat(request.withTimeout(Duration.ofSeconds(3)).timeout()).hasSeconds(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|is not a JSON object",
        "no JSON|is not a JSON object",
        "{\"stream\":true}|is true",
        "{\"stream\":\"yes\"}|is not a boolean"
      })
  void invalidBodyIsRejected(String body, String problem) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LlmRequest.chat("mini", body))
        .withMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0009S"})
  void timeoutShorterThanAMillisecondIsRejected(Duration timeout) {
    LlmRequest request = LlmRequest.chat("mini", "{}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> request.withTimeout(timeout))
        .withMessageContaining("must be at least 1 ms");
  }
}
