package dev.sluice.common.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks compatibility with the messages of earlier versions below {@code golden/VERSION}, in both
 * directions. A release copies the files of {@code golden} into a folder with its version.
 */
class WireVersionsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROUTE = "openai-mini";
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:30Z");

  @ParameterizedTest
  @ValueSource(strings = {"first", "1.0", "1.1"})
  void taskOfEarlierVersionIsRead(String version) throws IOException {
    TaskReadResult result = TaskCodec.read(message(golden(version, "task")), ROUTE, NOW);

    assertThat(result)
        .isInstanceOfSatisfying(
            TaskReadResult.Task.class,
            read -> {
              TaskMessage task = read.message();
              assertThat(task.ids().taskId()).isEqualTo("0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b");
              assertThat(task.ids().batchId()).isEqualTo("batch_67f1");
              assertThat(task.ids().customId()).isEqualTo("doc-1");
              assertThat(task.ids().run()).isEqualTo(version.equals("first") ? 1 : 2);
              assertThat(task.attempt()).isEqualTo(2);
              assertThat(task.throttles()).isEqualTo(3);
              assertThat(task.notBefore()).isEqualTo("2026-11-01T10:00:20Z");
              assertThat(task.deadline()).isEqualTo("2026-11-02T10:00:00Z");
              assertThat(task.history().calls()).hasSize(version.equals("first") ? 0 : 2);
              assertThat(task.history().calls().stream().limit(1))
                  .extracting(CallRecord::retryAfterMillis)
                  .allMatch(Long.valueOf(20_000)::equals);
              assertThat(task.body().text()).contains("Grüße");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "first,completed",
    "first,failed",
    "1.0,completed",
    "1.0,failed",
    "1.1,completed",
    "1.1,failed"
  })
  void outcomeOfEarlierVersionIsRead(String version, String kind) throws IOException {
    OutcomeMessage outcome = OutcomeCodec.read(message(golden(version, kind)));

    assertThat(outcome.kind().wireName()).isEqualTo(kind);
    assertThat(outcome.ids().route()).isEqualTo(ROUTE);
    assertThat(outcome.stats().worker()).isEqualTo("worker-a");
    assertThat(outcome.stats().attempts()).isEqualTo(kind.equals("completed") ? 2 : 1);
    assertThat(outcome.stats().statusCode()).isEqualTo(kind.equals("completed") ? 200 : 400);
    assertThat(outcome.body().size()).isPositive();
  }

  /** An earlier version finds every header that it reads, with the same name, value and type. */
  @ParameterizedTest
  @CsvSource({
    "first,task",
    "first,completed",
    "first,failed",
    "1.0,task",
    "1.0,completed",
    "1.0,failed",
    "1.1,task",
    "1.1,completed",
    "1.1,failed"
  })
  void messageHasAllHeadersOfEarlierVersions(String version, String kind) throws IOException {
    JsonNode now = golden(".", kind);

    for (Map.Entry<String, JsonNode> property : golden(version, kind).properties()) {
      if (!property.getKey().equals("headers")) {
        assertThat(now.path(property.getKey()))
            .as(property.getKey())
            .isEqualTo(property.getValue());
      }
    }
    for (Map.Entry<String, JsonNode> header : golden(version, kind).path("headers").properties()) {
      JsonNode written = now.path("headers").path(header.getKey());
      switch (header.getKey()) {
        case Headers.WIRE -> assertThat(major(written)).isEqualTo(major(header.getValue()));
        case Headers.HISTORY ->
            assertThat(commonMembers(written))
                .isEqualTo(commonMembers(header.getValue()))
                .isNotEmpty();
        default -> assertThat(written).as(header.getKey()).isEqualTo(header.getValue());
      }
    }
  }

  private static String major(JsonNode version) {
    return version.asString().replaceFirst("\\..*", "");
  }

  /** The members of a call that have the same name in all versions; its code is free text. */
  private static List<List<JsonNode>> commonMembers(JsonNode history) {
    return JSON.readTree(history.asString())
        .valueStream()
        .map(call -> Stream.of("at", "worker", "status").map(call::path).toList())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "completed", "failed"})
  void additionsOfLaterMinorVersionsAreIgnored(String kind) throws IOException {
    Message now = message(golden(".", kind));
    Message later = message(golden(".", kind));
    MessageProperties properties = later.getMessageProperties();
    properties.setHeader(Headers.WIRE, "1.99");
    properties.setHeader("sluice-colour", "blue");
    properties.setHeader("sluice-table", Map.of("a", List.of(1, 2)));
    properties.setPriority(3);
    properties.setAppId("later");

    if (kind.equals("task")) {
      assertThat(TaskCodec.read(later, ROUTE, NOW)).isEqualTo(TaskCodec.read(now, ROUTE, NOW));
    } else {
      assertThat(OutcomeCodec.read(later)).isEqualTo(OutcomeCodec.read(now));
    }
  }

  @Test
  void taskOfLaterMajorVersionIsRejected() throws IOException {
    Message later = message(golden(".", "task"));
    later.getMessageProperties().setHeader(Headers.WIRE, "2.0");

    assertThat(TaskCodec.read(later, ROUTE, NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed ->
                assertThat(malformed.reason())
                    .isEqualTo(
                        "sluice-wire 2.0 is not supported by this worker, which reads 1.x: upgrade it, then replay the task"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"new", "1", "1.x", ""})
  void malformedVersionIsNamed(String version) throws IOException {
    Message message = message(golden(".", "task"));
    message.getMessageProperties().setHeader(Headers.WIRE, version);

    assertThat(TaskCodec.read(message, ROUTE, NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            malformed ->
                assertThat(malformed.reason()).startsWith("sluice-wire '" + version + "'"));
  }

  @Test
  void goldenFilesHaveCurrentVersion() throws IOException {
    assertThat(golden(".", "task").path("headers").path(Headers.WIRE).asString())
        .isEqualTo(WireVersion.CURRENT.toString());
  }

  private static Message message(JsonNode golden) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(golden.path("message_id").asString());
    properties.setCorrelationId(golden.path("correlation_id").asString());
    properties.setType(golden.path("type").asString());
    properties.setContentType(golden.path("content_type").asString());
    golden
        .path("headers")
        .properties()
        .forEach(
            header ->
                properties.setHeader(
                    header.getKey(),
                    header.getValue().isNumber()
                        ? header.getValue().asInt()
                        : header.getValue().asString()));
    return new Message(golden.path("body").asString().getBytes(UTF_8), properties);
  }

  private static JsonNode golden(String version, String kind) throws IOException {
    String path = "/golden/%s%s.json".formatted(version.equals(".") ? "" : version + "/", kind);
    try (InputStream in = WireVersionsTest.class.getResourceAsStream(path)) {
      return JSON.readTree(Objects.requireNonNull(in, path).readAllBytes());
    }
  }
}
