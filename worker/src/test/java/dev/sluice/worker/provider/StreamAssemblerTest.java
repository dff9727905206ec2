package dev.sluice.worker.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StreamAssemblerTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String END =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

  /** Seconds suffice for linear time; quadratic time needs minutes. */
  @Test
  @Timeout(30)
  void manyChunksAreMergedInLinearTime() {
    String chunk =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\\n234567890123456789\"},"
            + "\"logprobs\":{\"content\":[{\"token\":1}]}}]}\r\n\r\n";
    int chunks = 100_000;

    JsonNode choice = assemble(chunk.repeat(chunks) + END).path("choices").path(0);

    assertThat(choice.path("message").path("content").asString())
        .isEqualTo("é\n234567890123456789".repeat(chunks));
    assertThat(choice.path("logprobs").path("content")).hasSize(chunks);
  }

  @Test
  void logProbabilitiesAreComplete() {
    String first = "{\"token\":\"é\",\"logprob\":-0.5,\"top_logprobs\":[{\"token\":\"e\"}]}";
    String second = "{\"token\":\"\\n\",\"logprob\":null,\"top_logprobs\":[]}";
    String chunk =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":{\"content\":[%s]}}]}\n\n";

    JsonNode choice =
        assemble(chunk.formatted(first) + chunk.formatted(second) + END).path("choices").path(0);

    assertThat(choice.path("logprobs"))
        .isEqualTo(JSON.readTree("{\"content\":[%s,%s]}".formatted(first, second)));
  }

  @Test
  void assembledReplyHasTheLimitOfReplies() {
    String part = "x".repeat(TaskCodec.MAX_REPLY_BYTES / 2);
    String chunk =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + part + "\"}}]}\n\n";

    assertThatThrownBy(() -> assemble(chunk + chunk + END))
        .isInstanceOf(ReplyTooLargeException.class);
  }

  private static JsonNode assemble(String stream) {
    Answered reply =
        StreamAssembler.assemble(
            new Answered(
                200,
                Map.of("content-type", List.of("text/event-stream")),
                Payload.of(stream),
                Duration.ZERO));
    return JSON.readTree(reply.body().bytes());
  }
}
