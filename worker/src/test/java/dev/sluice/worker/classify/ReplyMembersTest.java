package dev.sluice.worker.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.json.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ReplyMembersTest {
  /** More than 10,000 tokens, as of log probabilities. */
  private static final String LARGE = "[" + "{\"token\":1},".repeat(20_000) + "0]";

  private static final String CHOICE =
      "{\"index\":0,\"logprobs\":" + LARGE + ",\"finish_reason\":\"%s\"}";

  @Test
  void largeAnswerIsCutOff() {
    assertThat(CutOff.of(read("{\"choices\":[" + CHOICE.formatted("length") + "]}"))).isTrue();
    assertThat(CutOff.of(read("{\"choices\":[" + CHOICE.formatted("stop") + "]}"))).isFalse();
    assertThat(
            CutOff.of(
                read(
                    "{\"candidates\":[{\"content\":"
                        + LARGE
                        + ",\"finishReason\":\"MAX_TOKENS\"}]}")))
        .isTrue();
  }

  @Test
  void largeFinishedAnswerWithErrorIsNoError() {
    String reply = "{\"error\":{\"code\":1},\"choices\":[" + CHOICE.formatted("stop") + "]}";
    assertThat(EmbeddedError.of(read(reply))).isEmpty();
    assertThat(EmbeddedError.of(read("{\"error\":{\"code\":1},\"data\":" + LARGE + "}"))).isEmpty();
  }

  @Test
  void errorOfLargeAnswerIsFound() {
    String choice = "{\"message\":" + LARGE + ",\"error\":{\"code\":429},\"finish_reason\":null}";
    assertThat(EmbeddedError.of(read("{\"choices\":[" + choice + "]}")))
        .hasValueSatisfying(
            error -> {
              assertThat(error.isPartial()).isTrue();
              assertThat(error.body().path("error").path("code").asInt()).isEqualTo(429);
            });
    String whole = "{\"error\":{\"code\":1},\"data\":[],\"other\":" + LARGE + "}";
    assertThat(EmbeddedError.of(read(whole)))
        .hasValueSatisfying(error -> assertThat(error.isPartial()).isFalse());
  }

  @Test
  void contentOfLargeReplyIsOmitted() {
    String reply =
        "{\"usage\":{\"total_tokens\":3},\"x\":1,\"output\":%s,\"choices\":[%s,2]}"
            .formatted(LARGE, CHOICE.formatted("stop"));
    assertThat(read(reply))
        .isEqualTo(
            Json.object(
                    "{\"usage\":{\"total_tokens\":3},\"output\":[null],\"choices\":[{\"finish_reason\":\"stop\"},{}]}"
                        .getBytes(UTF_8))
                .orElseThrow());
  }

  @Test
  void largeTextThatIsNotJsonIsEmpty() {
    assertThat(ReplyMembers.of(("{\"choices\":" + LARGE).getBytes(UTF_8))).isEmpty();
    assertThat(ReplyMembers.of(("{\"choices\":" + LARGE + "} x").getBytes(UTF_8))).isEmpty();
    assertThat(ReplyMembers.of(LARGE.getBytes(UTF_8))).isEmpty();
  }

  private static JsonNode read(String reply) {
    return ReplyMembers.of(reply.getBytes(UTF_8)).orElseThrow();
  }
}
