package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import org.junit.jupiter.api.Test;

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
