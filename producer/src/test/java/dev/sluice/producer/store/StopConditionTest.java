package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StopConditionTest {
  @Test
  void stopConditionIsMetByFailuresAmongTheFirstTasks() {
    StopCondition number = new StopCondition(50L, null, 200L);
    assertThat(number.isMet(49, 0, 1000)).isFalse();
    assertThat(number.isMet(50, 199, 1000)).isTrue();
    assertThat(number.isMet(50, 200, 1000)).isFalse();

    StopCondition share = new StopCondition(null, 0.3, 200L);
    assertThat(share.isMet(59, 100, 1000)).isFalse();
    assertThat(share.isMet(60, 100, 1000)).isTrue();
    assertThat(share.isMet(3, 5, 10)).as("of a batch of 10 tasks").isTrue();
    assertThat(share.isMet(2, 5, 10)).isFalse();
  }

  @Test
  void stopReasonHasTheProvidersMessageOnOneLine() {
    assertThat(message("{\"error\":{\"message\":\"Unsupported\\n parameter.\"}}"))
        .isEqualTo("Unsupported parameter.");
    assertThat(message("{\"error\":\"model not found\"}")).isEqualTo("model not found");
    assertThat(message("{\"message\":\"invalid\"}")).isEqualTo("invalid");
    assertThat(message("{\"detail\":1}")).isEqualTo("{\"detail\":1}");
    assertThat(message("é".repeat(400))).isEqualTo("é".repeat(299) + "…");
  }

  private static String message(String detail) {
    return StopReasons.of(50, 72, "invalid_request", detail).message();
  }
}
