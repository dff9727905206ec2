package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenUsageTest {
  private static final String COMPLETED =
      """
      event: response.completed
      data: {"type":"response.completed","response":{"instructions":"%s","output":[],\
      "usage":{"input_tokens":70,"input_tokens_details":{"cached_tokens":0},"output_tokens":8,\
      "output_tokens_details":{"reasoning_tokens":0},"total_tokens":78},"user":null}}

      """;

  @Test
  void chatStreamReportsUsageInSeparateChunk() {
    String stream =
        """
        data: {"choices":[{"delta":{"content":"the usage"}}],"usage":null}

        data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}

        data: [DONE]
        """;

    assertThat(TokenUsage.ofStream(Payload.of(stream))).isEqualTo(new TokenUsage(5, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt_tokens\":1000000000,\"completion_tokens\":5}",
        "{\"prompt_tokens\":5,\"completion_tokens\":-7}",
        "{\"prompt_tokens\":5,\"completion_tokens\":1e300}",
        "{\"prompt_tokens\":99999999999999999999,\"completion_tokens\":1}",
        "{\"prompt_tokens\":null,\"completion_tokens\":\"7\"}",
        "[5]",
      })
  void implausibleUsageIsIgnored(String usage) {
    String reply = "{\"usage\":" + usage + "}";

    assertThat(TokenUsage.of(new Answered(200, Map.of(), Payload.of(reply), Duration.ZERO)))
        .isEqualTo(TokenUsage.NONE);
    assertThat(TokenUsage.ofStream(Payload.of("data: " + reply))).isEqualTo(TokenUsage.NONE);
  }

  @Test
  void manyNestedMembersInPartialEventDoNotOverflowTheStack() {
    String schema = "{\"usage\":{" + "\"p\":{\"type\":\"string\"},".repeat(20_000);
    String tail = schema + "\"last\":{}}},\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}";

    assertThat(TokenUsage.ofStream(Payload.of(tail))).isEqualTo(new TokenUsage(7, 1));
  }

  @Test
  void responsesStreamReportsUsageInLastEvent() {
    assertThat(TokenUsage.ofStream(Payload.of(COMPLETED.formatted("Shorten."))))
        .isEqualTo(new TokenUsage(70, 8));
  }

  @Test
  void usageIsReadFromTruncatedEvent() {
    String quoted = "\\\"usage\\\":{\\\"input_tokens\\\":9999}";
    String event = COMPLETED.formatted(quoted);
    String tail = event.substring(event.indexOf("instructions"));

    assertThat(TokenUsage.ofStream(Payload.of(tail))).isEqualTo(new TokenUsage(70, 8));
  }
}
