package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageReaderTest {
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

    assertThat(UsageReader.ofStream(Payload.of(stream))).isEqualTo(new TokenUsage(5, 2));
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

    assertThat(UsageReader.of(new Answered(200, Map.of(), Payload.of(reply), Duration.ZERO)))
        .isEqualTo(TokenUsage.NONE);
    assertThat(UsageReader.ofStream(Payload.of("data: " + reply))).isEqualTo(TokenUsage.NONE);
  }

  @Test
  void manyNestedMembersInPartialEventDoNotOverflowTheStack() {
    String schema = "{\"usage\":{" + "\"p\":{\"type\":\"string\"},".repeat(20_000);
    String tail = schema + "\"last\":{}}},\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}";

    assertThat(UsageReader.ofStream(Payload.of(tail))).isEqualTo(new TokenUsage(7, 1));
  }

  @Test
  void responsesStreamReportsUsageInLastEvent() {
    assertThat(UsageReader.ofStream(Payload.of(COMPLETED.formatted("Shorten."))))
        .isEqualTo(new TokenUsage(70, 8));
  }

  @Test
  void usageIsReadFromTruncatedEvent() {
    String quoted = "\\\"usage\\\":{\\\"input_tokens\\\":9999}";
    String event = COMPLETED.formatted(quoted);
    String tail = event.substring(event.indexOf("instructions"));

    assertThat(UsageReader.ofStream(Payload.of(tail))).isEqualTo(new TokenUsage(70, 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # OpenAI, and a tier beside the usage
          {"usage":{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}},"service_tier":"flex"} | 10 | 2 | 4 | 0 | flex
          {"usage":{"input_tokens":10,"output_tokens":2,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":3}},"service_tier":"default"} | 10 | 2 | 4 | 3 | ''
          # Vertex AI
          {"usage":{"prompt_tokens":10,"completion_tokens":2,"extra_properties":{"google":{"traffic_type":"ON_DEMAND_FLEX"}}}} | 10 | 2 | 0 | 0 | flex
          {"usage":{"prompt_tokens":10,"completion_tokens":2,"extra_properties":{"google":{"traffic_type":"ON_DEMAND"}}}} | 10 | 2 | 0 | 0 | ''
          # DeepSeek
          {"usage":{"prompt_tokens":10,"completion_tokens":2,"prompt_cache_hit_tokens":6,"prompt_cache_miss_tokens":4}} | 10 | 2 | 6 | 0 | ''
          # Anthropic excludes both from its input tokens
          {"usage":{"input_tokens":10,"output_tokens":2,"cache_read_input_tokens":7,"cache_creation_input_tokens":5,"service_tier":"batch"}} | 22 | 2 | 7 | 5 | batch
          {"usage":{"input_tokens":10,"output_tokens":2,"cache_read_input_tokens":null,"service_tier":"standard"}} | 10 | 2 | 0 | 0 | ''
          # more cached than the prompt has, and a negative count
          {"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":9}}} | 3 | 2 | 3 | 0 | ''
          {"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":-1}}} | 0 | 0 | 0 | 0 | ''
          """)
  void cachedTokensAndTierAreReadInEachFormat(
      String reply, long prompt, long completion, long cached, long written, String tier) {
    assertThat(UsageReader.of(new Answered(200, Map.of(), Payload.of(reply), Duration.ZERO)))
        .isEqualTo(new TokenUsage(prompt, completion, cached, written, tier));
  }

  @Test
  void streamOfMessageReportsPromptFirstAndReplyLast() {
    String stream =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":25,\
        "cache_read_input_tokens":100,"cache_creation_input_tokens":0,"output_tokens":1,"service_tier":"priority"}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"the \\"usage\\": {}"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}

        event: message_stop
        data: {"type":"message_stop"}
        """;

    assertThat(UsageReader.ofStream(Payload.of(stream)))
        .isEqualTo(new TokenUsage(125, 15, 100, 0, "priority"));
  }
}
