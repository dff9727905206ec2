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
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares each message with its golden file. A failure means that clients of the contract break: a
 * change needs a changelog entry and a version that reads both forms.
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

  /** RabbitMQ's default for {@code frame_max}. */
  private static final int FRAME_BYTES = 131_072;

  private static final String FOUR_BYTES = "\uD83D\uDE00"; // in UTF-8

  private static final CallHistory HISTORY =
      CallHistory.NONE
          .plus(new CallRecord(NOW, "worker-a", 429, "throttled", 20_000L))
          .plus(new CallRecord(NOW.plusSeconds(22), "worker-b", null, "no_response", null));

  @Test
  void taskMatchesGoldenFile() throws IOException {
    assertThat(rendered(TaskCodec.write(task()))).isEqualTo(golden("task.json"));
  }

  @Test
  void taskIsReadAsWritten() {
    assertThat(TaskCodec.read(TaskCodec.write(task()), "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task()));
  }

  @Test
  void theProjectIsOptionalAndKeptByEachRetry() {
    Message written = TaskCodec.write(task());
    written.getMessageProperties().getHeaders().remove("sluice-project");

    assertThat(TaskCodec.read(written, "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task().withProject(null)));
    assertThat(
            task()
                .nextAttempt(NOW)
                .withSource("key:1")
                .withReplyTo("reply", 0)
                .withRequestHeaders(Map.of())
                .project())
        .isEqualTo("team-a");
  }

  @Test
  void recoveriesAreReadAsWritten() {
    TaskIds lost =
        new TaskIds("t", null, "/v1/embeddings", "openai-mini", Lane.BATCH, "t", null, 3, 2);
    TaskMessage task = TaskMessage.first(lost, NOW, null, Payload.of(REQUEST));

    Message written = TaskCodec.write(task);

    assertThat(written.getMessageProperties().getHeaders()).containsEntry("sluice-recoveries", 2);
    assertThat(TaskCodec.read(written, "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task));
  }

  @Test
  void completedOutcomeContainsReply() throws IOException {
    OutcomeMessage outcome =
        OutcomeMessage.completed(
            IDS,
            new CallStats(2, 3, 200, "req_8", 12, 7, Duration.ofMillis(1234), "worker-a", HISTORY),
            Payload.of(
                "{\"id\":\"chatcmpl-1\",\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":7}}"));

    assertThat(rendered(OutcomeCodec.write(outcome))).isEqualTo(golden("completed.json"));
    assertThat(OutcomeCodec.read(OutcomeCodec.write(outcome))).isEqualTo(outcome);
  }

  @Test
  void cutOffAnswerIsMarked() {
    CallStats stats = CallStats.none(1, 0, "worker-a");
    OutcomeMessage outcome = OutcomeMessage.completed(IDS, stats, true, Payload.of("{}"));

    Message written = OutcomeCodec.write(outcome);

    assertThat(written.getMessageProperties().getHeaders()).containsEntry("sluice-cut-off", true);
    assertThat(OutcomeCodec.read(written)).isEqualTo(outcome);
  }

  @Test
  void taskThatFailsIfCutOffIsReadAsWritten() {
    TaskMessage task = task().withAnswerRules(new AnswerRules(true, AnswerCheck.NONE));

    Message written = TaskCodec.write(task);

    assertThat(written.getMessageProperties().getHeaders())
        .containsEntry("sluice-fail-cut-off", true);
    assertThat(TaskCodec.read(written, "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task));
    assertThat(task.nextAttempt(NOW).withTraceparent("t").withBody(Payload.of("{}")).failCutOff())
        .isTrue();
  }

  @Test
  void checkedTaskMatchesGoldenFileAndIsReadAsWritten() throws IOException {
    TaskMessage task =
        task()
            .withAnswerRules(
                new AnswerRules(
                    false,
                    new AnswerCheck(
                        "{\"type\":\"object\"}",
                        2,
                        new InvalidAnswer(1, 12, 7, "[]", "answer: array found"))));

    Message written = TaskCodec.write(task);

    assertThat(rendered(written)).isEqualTo(golden("checked-task.json"));
    assertThat(TaskCodec.read(written, "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task));
  }

  @Test
  void outcomeOfACheckedTaskIsReadAsWritten() throws IOException {
    Payload reply = Payload.of("{\"id\":\"chatcmpl-1\"}");
    OutcomeMessage invalid =
        OutcomeMessage.failed(
                IDS,
                new Failure(FailureCode.INVALID_OUTPUT, "answer: array found"),
                CallStats.none(1, 0, "worker-a"),
                Payload.of(REQUEST))
            .withCheck(CheckResult.invalid(3, reply));
    OutcomeMessage fits =
        OutcomeMessage.completed(IDS, CallStats.none(1, 0, "worker-a"), reply)
            .withCheck(CheckResult.fits(2));

    assertThat(rendered(OutcomeCodec.write(invalid))).isEqualTo(golden("invalid-output.json"));
    assertThat(OutcomeCodec.read(OutcomeCodec.write(invalid))).isEqualTo(invalid);
    assertThat(OutcomeCodec.read(OutcomeCodec.write(fits))).isEqualTo(fits);
  }

  @Test
  void headersOfACheckedTaskAreTruncated() {
    InvalidAnswer answer = new InvalidAnswer(1, 0, 0, FOUR_BYTES.repeat(9000), "€".repeat(9000));

    assertThat(answer.text().getBytes(UTF_8)).hasSize(16 * 1024);
    assertThat(answer.errors()).hasSize(2_000);
    assertThat(CheckResult.invalid(1, Payload.of("x".repeat(64 * 1024))).invalidReply())
        .isNotNull();
    assertThat(CheckResult.invalid(1, Payload.of("x".repeat(64 * 1024 + 1))).invalidReply())
        .isNull();
  }

  @Test
  void allHeadersAtTheirMaximumFitIntoOneFrame() throws IOException {
    String shortText = "a".repeat(255); // maximum of an AMQP property
    String escaped = "\u0001".repeat(CallRecord.MAX_WORKER_LENGTH);
    CallHistory history = CallHistory.NONE;
    for (int i = 0; i < CallHistory.MAX_CALLS; i++) {
      history =
          history.plus(
              new CallRecord(NOW, escaped, 429, "context_length_exceeded", 86_400_000L)
                  .withMember("m".repeat(64)));
    }
    TaskIds ids =
        new TaskIds(
            shortText,
            shortText,
            "/v1/" + "a".repeat(251),
            "r".repeat(200),
            Lane.BATCH,
            FOUR_BYTES.repeat(TaskCodec.MAX_CUSTOM_ID_BYTES / 4),
            IDS.traceparent(),
            Integer.MAX_VALUE);
    AnswerCheck check =
        new AnswerCheck(
            FOUR_BYTES.repeat(AnswerCheck.MAX_SCHEMA_BYTES / 4),
            AnswerCheck.MAX_RE_ASK,
            new InvalidAnswer(
                10,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                FOUR_BYTES.repeat(InvalidAnswer.MAX_TEXT_BYTES),
                "€".repeat(InvalidAnswer.MAX_ERRORS_LENGTH)));
    TaskMessage task =
        new TaskMessage(
            ids,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            NOW,
            NOW,
            NOW,
            new TaskCaller(
                shortText,
                "€".repeat(200),
                "p".repeat(200),
                Map.of("anthropic-beta", "b".repeat(1000), "anthropic-version", "v".repeat(1000))),
            Integer.MAX_VALUE,
            new TaskTier(ServiceTier.STANDARD, Integer.MAX_VALUE),
            new AnswerRules(true, check),
            Payload.of(REQUEST),
            history);
    OutcomeMessage outcome =
        OutcomeMessage.failed(
                ids,
                new Failure(
                    FailureCode.INVALID_OUTPUT, FOUR_BYTES.repeat(Failure.MAX_DETAIL_BYTES)),
                new CallStats(
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    599,
                    "€".repeat(256),
                    new TokenUsage(
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        "t".repeat(32)),
                    Duration.ofDays(1),
                    "€".repeat(255),
                    history),
                Payload.of(REQUEST))
            .withCheck(
                CheckResult.invalid(11, Payload.of("x".repeat(CheckResult.MAX_REPLY_BYTES))));

    assertThat(headerFrameBytes(TaskCodec.write(task))).isBetween(32 * 1024, FRAME_BYTES - 1);
    assertThat(headerFrameBytes(OutcomeCodec.write(outcome)))
        .isBetween(CheckResult.MAX_REPLY_BYTES, FRAME_BYTES - 1);
  }

  private static int headerFrameBytes(Message message) throws IOException {
    return new DefaultMessagePropertiesConverter()
        .fromMessageProperties(message.getMessageProperties(), "UTF-8")
        .toFrame(1, message.getBody().length)
        .size();
  }

  @Test
  void cachedTokensAndTierAreReadAsWritten() {
    TokenUsage usage = new TokenUsage(12, 7, 5, 3, "flex");
    OutcomeMessage outcome =
        OutcomeMessage.completed(
            IDS,
            new CallStats(1, 0, 200, null, usage, Duration.ZERO, "worker-a", HISTORY),
            Payload.of("{}"));

    Message written = OutcomeCodec.write(outcome);

    assertThat(written.getMessageProperties().getHeaders())
        .containsEntry("sluice-cached-tokens", 5L)
        .containsEntry("sluice-cache-write-tokens", 3L)
        .containsEntry("sluice-service-tier", "flex");
    assertThat(OutcomeCodec.read(written)).isEqualTo(outcome);
    assertThat(new TokenUsage(1, 1, 0, 0, "Not a name").serviceTier()).isEmpty();
  }

  @Test
  void requestHeadersAreReadAsWrittenAndOthersAreLeftOut() {
    Map<String, String> headers = Map.of("anthropic-version", "2023-06-01");
    TaskMessage task = task().withRequestHeaders(headers).withSource("key-1");

    Message written = TaskCodec.write(task);
    assertThat(TaskCodec.read(written, "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task));

    written
        .getMessageProperties()
        .setHeader(
            "sluice-request-headers",
            Map.of(
                "authorization", "Bearer x", "anthropic-beta", "a\nb", "anthropic-version", "1"));
    assertThat(((TaskReadResult.Task) TaskCodec.read(written, "openai-mini", NOW)).message())
        .extracting(TaskMessage::requestHeaders)
        .isEqualTo(Map.of("anthropic-version", "1"));
  }

  @Test
  void tierIsReadAsWrittenAndAnUnknownOneIsMalformed() {
    TaskMessage task = task().withTier(new TaskTier(ServiceTier.FLEX, 4));

    Message written = TaskCodec.write(task);

    assertThat(written.getMessageProperties().getHeaders())
        .containsEntry("sluice-tier", "flex")
        .containsEntry("sluice-refusals", 4);
    assertThat(TaskCodec.read(written, "openai-mini", NOW))
        .isEqualTo(new TaskReadResult.Task(task));
    written.getMessageProperties().setHeader("sluice-tier", "fast");
    assertThat(TaskCodec.read(written, "openai-mini", NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed ->
                assertThat(malformed.reason())
                    .isEqualTo("sluice-tier 'fast' is neither flex nor standard"));
  }

  @Test
  void failedOutcomeContainsRequest() throws IOException {
    OutcomeMessage outcome =
        OutcomeMessage.failed(
            IDS,
            new Failure(
                FailureCode.CONTEXT_LENGTH_EXCEEDED,
                "{\"error\":{\"code\":\"context_length_exceeded\"}}"),
            new CallStats(
                1, 0, 400, null, 0, 0, Duration.ofMillis(80), "worker-a", CallHistory.NONE),
            Payload.of(REQUEST));

    assertThat(rendered(OutcomeCodec.write(outcome))).isEqualTo(golden("failed.json"));
    assertThat(OutcomeCodec.read(OutcomeCodec.write(outcome))).isEqualTo(outcome);
    assertThat(outcome.routingKey()).isEqualTo("failed.openai-mini");
  }

  @Test
  void failureCodesAreWireConstants() {
    assertThat(FailureCode.values())
        .extracting(FailureCode::wireName)
        .containsExactly(
            "invalid_request",
            "context_length_exceeded",
            "content_filtered",
            "request_too_large",
            "reply_too_large",
            "cut_off",
            "invalid_output",
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
            false,
            Payload.of(REQUEST),
            HISTORY)
        .withProject("team-a");
  }

  private static String rendered(Message message) {
    MessageProperties properties = message.getMessageProperties();
    Map<String, Object> rendered = new TreeMap<>();
    rendered.put("message_id", properties.getMessageId());
    rendered.put("correlation_id", properties.getCorrelationId());
    rendered.put("type", properties.getType());
    rendered.put("content_type", properties.getContentType());
    rendered.put("delivery_mode", properties.getDeliveryMode());
    rendered.put("headers", new TreeMap<>(properties.getHeaders()));
    rendered.put("body", new String(message.getBody(), UTF_8));
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(rendered)
        .strip();
  }

  private static String golden(String file) throws IOException {
    try (InputStream in = WireContractTest.class.getResourceAsStream("/golden/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8).strip();
    }
  }
}
