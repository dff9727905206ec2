package dev.sluice.producer.batch.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.store.FinishedTask;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lines of output and error files, byte for byte as in OpenAI's documentation. */
class OutputLineContractTest {
  private static final UUID ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");

  @Test
  void replyIsKeptByteForByte() {
    String reply = "{\"id\":\"chatcmpl-1\", \"n\":1.50,\"t\":\"é \\u00e9 \u2028 \\n\"}";
    assertThat(line(completed(200, "req_1", reply)))
        .isEqualTo(
            "{\"id\":\"batch_req_01890a5dac96774bbcceb302099a8057\",\"custom_id\":\"one \\\"quoted\\\"\","
                + "\"response\":{\"status_code\":200,\"request_id\":\"req_1\",\"body\":"
                + reply
                + "},\"error\":null}\n");
  }

  @Test
  void cutOffReplyIsMarkedAfterOpenAisMembers() {
    byte[] reply = "{\"id\":\"chatcmpl-1\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(
            line(
                new FinishedTask(
                    ID,
                    1,
                    "one",
                    "completed",
                    new FinishedTask.Response(200, "req_1", reply),
                    true,
                    false,
                    null,
                    null,
                    null,
                    List.of())))
        .endsWith(
            "\"body\":{\"id\":\"chatcmpl-1\"}},\"error\":null,\"sluice\":{\"cut_off\":true}}\n");
  }

  @Test
  void replyThatWasMadeWithoutSomeAnswersNamesThem() {
    byte[] reply = "{\"id\":\"chatcmpl-1\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(
            line(
                new FinishedTask(
                    ID,
                    1,
                    "book.txt",
                    "completed",
                    new FinishedTask.Response(200, "req_1", reply),
                    false,
                    false,
                    null,
                    null,
                    null,
                    List.of("part 3 (p. 41-60)"))))
        .endsWith(
            "\"error\":null,\"sluice\":{\"partial\":true,\"missing\":[\"part 3 (p. 41-60)\"]}}\n");
  }

  @Test
  void taskThatFailsBecauseOfACutOffReplyIsAnError() {
    assertThat(line(finished("failed", 200, "req_1", "cut_off", "The answer was cut off.")))
        .endsWith(
            ",\"response\":null,\"error\":{\"code\":\"cut_off\",\"message\":\"The answer was cut off.\"}}\n");
  }

  @Test
  void checkedReplyHasTheNumberOfItsAnswers() {
    assertThat(line(checked(/* cutOff= */ false, /* accepted= */ false)))
        .endsWith("\"body\":{}},\"error\":null,\"sluice\":{\"check\":{\"answers\":2}}}\n");
    assertThat(line(checked(/* cutOff= */ true, /* accepted= */ true)))
        .endsWith(",\"sluice\":{\"cut_off\":true,\"check\":{\"answers\":2,\"accepted\":true}}}\n");
  }

  @Test
  void taskWhoseAnswerDoesNotFitIsAnError() {
    assertThat(line(finished("failed", 200, "req_1", "invalid_output", "answer: no \"name\"")))
        .endsWith(
            ",\"response\":null,\"error\":{\"code\":\"invalid_output\",\"message\":\"answer: no \\\"name\\\"\"}}\n");
  }

  @Test
  void multiLineReplyBecomesOneLine() {
    assertThat(line(completed(200, null, "{\n  \"a\": 1,\r\n  \"b\": \"x\\ny\"\n}")))
        .isEqualTo(
            "{\"id\":\"batch_req_01890a5dac96774bbcceb302099a8057\",\"custom_id\":\"one \\\"quoted\\\"\","
                + "\"response\":{\"status_code\":200,\"request_id\":null,\"body\":"
                + "{   \"a\": 1,    \"b\": \"x\\ny\" }},\"error\":null}\n");
  }

  @Test
  void replyThatIsNotJsonIsKeptAsAString() {
    assertThat(line(completed(200, "r", "<html>\n")))
        .contains("\"body\":\"<html>\\n\"},\"error\":null}\n");
  }

  @Test
  void providerErrorIsAResponse() {
    String error =
        "{\n\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"context_length_exceeded\"}}";
    assertThat(line(finished("failed", 400, "req_2", "context_length_exceeded", error)))
        .endsWith(
            ",\"response\":{\"status_code\":400,\"request_id\":\"req_2\",\"body\":"
                + error.replace('\n', ' ')
                + "},\"error\":null}\n");
  }

  @Test
  void providerErrorThatIsNotJsonGetsOpenAisShape() {
    assertThat(line(finished("failed", 502, null, "attempts_exhausted", "Bad \"Gateway\"")))
        .endsWith(
            ",\"response\":{\"status_code\":502,\"request_id\":null,\"body\":{\"error\":{\"message\":\"Bad \\\"Gateway\\\"\","
                + "\"type\":\"provider_error\",\"param\":null,\"code\":\"attempts_exhausted\"}}},\"error\":null}\n");
  }

  @Test
  void taskWithoutResponseIsAnError() {
    assertThat(line(finished("failed", null, null, "attempts_exhausted", "No reply within 2m.")))
        .endsWith(
            ",\"response\":null,\"error\":{\"code\":\"attempts_exhausted\",\"message\":\"No reply within 2m.\"}}\n");
  }

  @Test
  void expiredAndCancelledTasksHaveOpenAisErrors() {
    assertThat(line(finished("expired", null, null, "deadline_exceeded", "x")))
        .endsWith(
            ",\"response\":null,\"error\":{\"code\":\"batch_expired\",\"message\":"
                + "\"This request could not be executed before the completion window expired.\"}}\n");
    assertThat(line(finished("cancelled", null, null, null, null)))
        .contains("\"error\":{\"code\":\"batch_cancelled\"");
  }

  private static String line(FinishedTask task) {
    return new String(OutputLine.of(task), StandardCharsets.UTF_8);
  }

  private static FinishedTask completed(int status, @Nullable String requestId, String reply) {
    byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
    return new FinishedTask(
        ID,
        1,
        "one \"quoted\"",
        "completed",
        new FinishedTask.Response(status, requestId, bytes),
        false,
        false,
        null,
        null,
        null,
        List.of());
  }

  private static FinishedTask checked(boolean cutOff, boolean accepted) {
    byte[] reply = "{}".getBytes(StandardCharsets.UTF_8);
    return new FinishedTask(
        ID,
        1,
        "one",
        "completed",
        new FinishedTask.Response(200, null, reply),
        cutOff,
        false,
        new FinishedTask.Check(2, accepted),
        null,
        null,
        List.of());
  }

  private static FinishedTask finished(
      String state,
      @Nullable Integer status,
      @Nullable String requestId,
      @Nullable String code,
      @Nullable String detail) {
    return new FinishedTask(
        ID,
        1,
        "one",
        state,
        new FinishedTask.Response(status, requestId, null),
        false,
        false,
        null,
        code,
        detail,
        List.of());
  }
}
