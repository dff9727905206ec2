package dev.sluice.common.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

class TaskCodecTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

  @Test
  void idAndBodySuffice() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("manual-1");

    TaskReadResult result =
        TaskCodec.read(new Message("{}".getBytes(StandardCharsets.UTF_8), properties), "mini", NOW);

    TaskIds ids =
        new TaskIds("manual-1", null, "/v1/chat/completions", "mini", Lane.BATCH, "manual-1", null);
    assertThat(result)
        .isEqualTo(new TaskReadResult.Task(TaskMessage.first(ids, NOW, null, Payload.of("{}"))));
  }

  @Test
  void queueOverridesRouteHeader() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setHeader(Headers.ROUTE, "elsewhere");

    assertThat(TaskCodec.read(new Message(new byte[] {'{', '}'}, properties), "mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Task.class,
            task -> assertThat(task.message().ids().route()).isEqualTo("mini"));
  }

  @Test
  void sourceOfALiveTaskIsOptional() {
    TaskIds ids = new TaskIds("t", null, "/v1/embeddings", "mini", Lane.LIVE, "t", null);
    TaskMessage task = TaskMessage.first(ids, NOW, null, Payload.of("{}")).withSource("key:k1");
    Message message = TaskCodec.write(task);

    assertThat(message.getMessageProperties().getHeaders())
        .containsEntry("sluice-source", "key:k1");
    assertThat(TaskCodec.read(message, "mini", NOW)).isEqualTo(new TaskReadResult.Task(task));
    message.getMessageProperties().setHeader("sluice-source", "x".repeat(201));
    assertThat(TaskCodec.read(message, "mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Task.class, read -> assertThat(read.message().source()).isNull());
  }

  @Test
  void deathHeadersAreNotWritten() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setHeader("x-death", List.of(Map.of("reason", "expired")));
    properties.setHeader("x-first-death-queue", "sluice.delay.0.1");
    TaskReadResult result =
        TaskCodec.read(new Message(new byte[] {'{', '}'}, properties), "mini", NOW);

    Message rewritten = TaskCodec.write(((TaskReadResult.Task) result).message());

    assertThat(rewritten.getMessageProperties().getHeaders().keySet())
        .allMatch(name -> name.startsWith("sluice-"));
  }

  @Test
  void deadLetterMovedToTaskQueueIsNextRun() {
    OutcomeMessage dead =
        OutcomeMessage.failed(
            new TaskIds("t", null, "/v1/embeddings", "mini", Lane.BATCH, "c", null),
            new Failure(FailureCode.INVALID_REQUEST, "no"),
            CallStats.none(3, 0, "w"),
            Payload.of("{}"));

    assertThat(TaskCodec.read(OutcomeCodec.write(dead), "mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Task.class,
            task -> {
              assertThat(task.message().ids().run()).isEqualTo(2);
              assertThat(task.message().attempt()).isEqualTo(1);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.provider+json",
        "application/octet-stream",
        "text/plain"
      })
  void contentTypesOfJsonAreAccepted(String contentType) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setContentType(contentType);

    assertThat(TaskCodec.read(new Message(new byte[] {'{', '}'}, properties), "mini", NOW))
        .isInstanceOf(TaskReadResult.Task.class);
  }

  @Test
  void taskOverDeliveryLimitIsReadDespiteInvalidHeaders() {
    MessageProperties properties = new MessageProperties();
    properties.setHeader(Headers.ATTEMPT, "many");
    properties.setHeader(Headers.THROTTLES, 99_999_999_999L);
    properties.setHeader("x-death", List.of("foreign"));

    OutcomeMessage outcome = OutcomeCodec.read(new Message(new byte[] {1}, properties));

    assertThat(outcome.failure()).isNotNull();
    assertThat(outcome.failure().code()).isEqualTo("delivery_limit");
    assertThat(outcome.stats().attempts()).isEqualTo(1);
    assertThat(outcome.stats().throttles()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "sluice-attempt, one, sluice-attempt 'one' is not a whole number",
    "sluice-attempt, 0, attempt 0 is below 1",
    "sluice-run, 0, run 0 is below 1",
    "sluice-run, again, sluice-run 'again' is not a whole number",
    "sluice-deadline, tomorrow, sluice-deadline 'tomorrow' is not a time such as 2026-01-31T12:00:00Z",
    "sluice-lane, fast, 'sluice-lane ''fast'' is not one of batch, live'",
    "sluice-attempt, 99999999999, integer overflow",
    "traceparent, 00-00000000000000000000000000000000-00f067aa0ba902b7-01, traceparent is not of the form 00-<32 hex digits>-<16 hex digits>-01",
    "traceparent, nonsense, traceparent is not of the form 00-<32 hex digits>-<16 hex digits>-01",
  })
  void invalidHeaderIsNamed(String header, String value, String reason) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setHeader(header, value);

    assertThat(TaskCodec.read(new Message(new byte[] {'{', '}'}, properties), "mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed -> {
              assertThat(malformed.reason()).isEqualTo(reason);
              assertThat(malformed.ids().taskId()).isEqualTo("t");
              assertThat(malformed.body()).isEqualTo(Payload.of("{}"));
            });
  }

  @ParameterizedTest
  @CsvSource({"/v1/../admin", "http://elsewhere/v1/x", "/v2/x", "/v1"})
  void typeThatIsNotAProviderPathIsRejected(String type) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setType(type);

    assertThat(TaskCodec.read(new Message(new byte[] {'{', '}'}, properties), "mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed -> assertThat(malformed.reason()).contains("type '" + type + "'"));
  }

  @Test
  void tooLongCustomIdIsRejectedAndTruncatedInDeadLetter() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setHeader(Headers.CUSTOM_ID, "x".repeat(124_000));

    assertThat(TaskCodec.read(new Message(new byte[] {'{', '}'}, properties), "mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed -> {
              assertThat(malformed.reason())
                  .isEqualTo("sluice-custom-id has 124000 bytes, more than the limit of 4096");
              assertThat(malformed.ids().customId()).hasSize(4096);
            });
  }

  @Test
  void bodyThatIsNotUtf8IsRejected() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");

    assertThat(
            TaskCodec.read(
                new Message(new byte[] {'{', (byte) 0xC3, '}'}, properties), "mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed -> assertThat(malformed.reason()).isEqualTo("the body is not UTF-8"));
  }

  @Test
  void messageWithoutPropertiesGetsAnIdForItsDeadLetter() {
    TaskReadResult result = TaskCodec.read(new Message(new byte[0]), "mini", NOW);

    assertThat(result)
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed -> {
              assertThat(malformed.reason()).isEqualTo("message_id is missing");
              assertThat(malformed.ids().taskId()).isNotBlank();
            });
  }

  @Test
  void tooLargeBodyIsReportedWithBothSizes() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");

    TaskReadResult result =
        TaskCodec.read(
            new Message(new byte[TaskCodec.MAX_BODY_BYTES + 1], properties), "mini", NOW);

    assertThat(result)
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed -> assertThat(malformed.reason()).contains("8388609").contains("8388608"));
  }

  @Test
  void taskOverDeliveryLimitIsReadAsFailed() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setCorrelationId("batch_1");
    properties.setHeader(Headers.ATTEMPT, 2);
    properties.setHeader("x-death", List.of(Map.of("reason", "delivery_limit")));
    properties.setReceivedRoutingKey("failed.mini");

    OutcomeMessage outcome = OutcomeCodec.read(new Message(new byte[] {'{', '}'}, properties));

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.FAILED);
    assertThat(outcome.failure()).isNotNull();
    assertThat(outcome.failure().code()).isEqualTo("delivery_limit");
    assertThat(outcome.ids().route()).isEqualTo("mini");
    assertThat(outcome.ids().batchId()).isEqualTo("batch_1");
  }

  @Test
  void longFailureDetailIsTruncatedBetweenCharacters() {
    Failure failure = new Failure(FailureCode.INVALID_REQUEST, "x" + "ü".repeat(5000));

    assertThat(failure.detail().getBytes(StandardCharsets.UTF_8))
        .hasSize(Failure.MAX_DETAIL_BYTES - 1);
    assertThat(failure.detail()).endsWith("ü");
  }
}
