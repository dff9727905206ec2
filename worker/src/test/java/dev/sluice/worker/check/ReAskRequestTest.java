package dev.sluice.worker.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.AnswerRules;
import dev.sluice.common.wire.InvalidAnswer;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReAskRequestTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final String ERRORS = "answer: required property 'name' not found";
  private static final String MESSAGES =
      "{\"role\":\"assistant\",\"content\":\"{\\\"a\\\": 1}\"},"
          + "{\"role\":\"user\",\"content\":\"Your answer does not fit the required JSON schema:\\n"
          + ERRORS
          + "\\n\\nAnswer again, only with the corrected JSON.\"}";

  @Test
  void firstRequestIsTheTasksOwn() {
    TaskMessage task = task("/v1/chat/completions", "{\"messages\":[]}");

    assertThat(ReAskRequest.of(task)).isSameAs(task);
  }

  @Test
  void answerAndErrorsFollowTheConversation() {
    String before =
        "{ \"model\":\"m\",\n \"messages\" : [ {\"role\":\"user\",\"content\":\"Grüße ]\"} ";

    assertThat(reAsk("/v1/chat/completions", before + "], \"n\":1 }"))
        .isEqualTo(before + "," + MESSAGES + "], \"n\":1 }");
    assertThat(reAsk("/v1/messages", "{\"messages\":[]}"))
        .isEqualTo("{\"messages\":[" + MESSAGES + "]}");
  }

  @Test
  void inputOfAResponseMayBeText() {
    assertThat(reAsk("/v1/responses", "{\"input\": \"a \\\"b\\\" ü\", \"model\":\"m\"}"))
        .isEqualTo(
            "{\"input\": [{\"role\":\"user\",\"content\":\"a \\\"b\\\" ü\"},"
                + MESSAGES
                + "], \"model\":\"m\"}");
    assertThat(reAsk("/v1/responses", "{\"input\":[{\"role\":\"user\",\"content\":\"a\"}]}"))
        .isEqualTo("{\"input\":[{\"role\":\"user\",\"content\":\"a\"}," + MESSAGES + "]}");
  }

  @Test
  void emptyAnswerIsNotRepeated() {
    TaskMessage task =
        task("/v1/chat/completions", "{\"messages\":[{}]}")
            .askedAgain(new InvalidAnswer(1, 0, 0, "", "no text"));

    assertThat(ReAskRequest.of(task).body().text())
        .startsWith("{\"messages\":[{},{\"role\":\"user\"")
        .contains("no text");
  }

  @Test
  void requestWithoutAConversationIsRepeated() {
    for (String request : new String[] {"{\"prompt\":\"a\"}", "{\"messages\":5}", "[]"}) {
      assertThat(reAsk("/v1/chat/completions", request)).isEqualTo(request);
    }
  }

  private static String reAsk(String endpoint, String request) {
    TaskMessage asked =
        task(endpoint, request).askedAgain(new InvalidAnswer(1, 5, 2, "{\"a\": 1}", ERRORS));
    return ReAskRequest.of(asked).body().text();
  }

  private static TaskMessage task(String endpoint, String request) {
    TaskIds ids = new TaskIds("t", "b", endpoint, "mini", Lane.BATCH, "c", null);
    return TaskMessage.first(ids, NOW, null, Payload.of(request))
        .withAnswerRules(new AnswerRules(false, AnswerCheck.of("{}", 2)));
  }
}
