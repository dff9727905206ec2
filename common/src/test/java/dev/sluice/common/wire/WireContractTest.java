package dev.sluice.common.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each message against its golden file. A failure here means that clients of the contract break: a
 * change wants a changelog entry and a version that reads both forms.
 */
class WireContractTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00.250Z");
  private static final String REQUEST =
      "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Grüße\"}]}";
  private static final TaskIds IDS =
      new TaskIds(
          "0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
          "batch_67f1",
          "/v1/chat/completions",
          "openai-mini",
          Lane.BATCH,
          "doc-1",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          2);

  private static final AttemptHistory HISTORY =
      AttemptHistory.NONE
          .plus(new Attempt(NOW, "worker-a", 429, "throttled", 20_000L))
          .plus(new Attempt(NOW.plusSeconds(22), "worker-b", null, "no_answer", null));

  @Test
  void aTaskIsWrittenAsTheContractSays() throws IOException {
    assertThat(shown(TaskCodec.write(task()))).isEqualTo(golden("task.json"));
  }

  @Test
  void aTaskIsReadAsItWasWritten() {
    assertThat(TaskCodec.read(TaskCodec.write(task()), "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task()));
  }

  @Test
  void aCompletedOutcomeCarriesTheReply() throws IOException {
    OutcomeMessage outcome =
        OutcomeMessage.completed(
            IDS,
            new CallStats(2, 3, 200, "req_8", 12, 7, Duration.ofMillis(1234), "worker-a", HISTORY),
            Payload.of(
                "{\"id\":\"chatcmpl-1\",\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":7}}"));

    assertThat(shown(OutcomeCodec.write(outcome))).isEqualTo(golden("completed.json"));
    assertThat(OutcomeCodec.read(OutcomeCodec.write(outcome))).isEqualTo(outcome);
  }

  @Test
  void aFailedOutcomeCarriesTheRequest() throws IOException {
    OutcomeMessage outcome =
        OutcomeMessage.failed(
            IDS,
            new Failure(
                FailureCode.CONTEXT_LENGTH_EXCEEDED,
                "{\"error\":{\"code\":\"context_length_exceeded\"}}"),
            new CallStats(
                1, 0, 400, null, 0, 0, Duration.ofMillis(80), "worker-a", AttemptHistory.NONE),
            Payload.of(REQUEST));

    assertThat(shown(OutcomeCodec.write(outcome))).isEqualTo(golden("failed.json"));
    assertThat(OutcomeCodec.read(OutcomeCodec.write(outcome))).isEqualTo(outcome);
    assertThat(outcome.routingKey()).isEqualTo("failed.openai-mini");
  }

  @Test
  void theFailureCodesAreWireConstants() {
    assertThat(FailureCode.values())
        .extracting(FailureCode::wireName)
        .containsExactly(
            "invalid_request",
            "context_length_exceeded",
            "content_filtered",
            "request_too_large",
            "reply_too_large",
            "attempts_exhausted",
            "deadline_exceeded",
            "malformed_task",
            "delivery_limit",
            "stream_broken",
            "cancelled");
  }

  private static TaskMessage task() {
    return new TaskMessage(
        IDS,
        2,
        3,
        NOW,
        Instant.parse("2026-11-02T10:00:00Z"),
        Instant.parse("2026-11-01T10:00:20Z"),
        null,
        0,
        Payload.of(REQUEST),
        HISTORY);
  }

  private static String shown(Message message) {
    MessageProperties properties = message.getMessageProperties();
    Map<String, Object> shown = new TreeMap<>();
    shown.put("message_id", properties.getMessageId());
    shown.put("correlation_id", properties.getCorrelationId());
    shown.put("type", properties.getType());
    shown.put("content_type", properties.getContentType());
    shown.put("delivery_mode", properties.getDeliveryMode());
    shown.put("headers", new TreeMap<>(properties.getHeaders()));
    shown.put("body", new String(message.getBody(), UTF_8));
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(shown)
        .strip();
  }

  private static String golden(String file) throws IOException {
    try (InputStream in = WireContractTest.class.getResourceAsStream("/golden/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8).strip();
    }
  }
}
