package dev.sluice.common.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages of earlier versions, kept as those wrote them below {@code golden/VERSION}, against this
 * one, both ways. On a release the files of {@code golden} are copied into a folder of its version.
 */
class WireVersionsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROUTE = "openai-mini";
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:30Z");

  @ParameterizedTest
  @ValueSource(strings = {"first", "1.0"})
  void aTaskOfAnEarlierVersionIsReadAsItWasMeant(String version) throws IOException {
    TaskReadResult reading = TaskCodec.read(message(golden(version, "task")), ROUTE, NOW);

    assertThat(reading)
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
              assertThat(task.history().attempts()).hasSize(version.equals("first") ? 0 : 2);
              assertThat(task.body().text()).contains("Grüße");
            });
  }

  @ParameterizedTest
  @CsvSource({"first,completed", "first,failed", "1.0,completed", "1.0,failed"})
  void anOutcomeOfAnEarlierVersionIsReadAsItWasMeant(String version, String kind)
      throws IOException {
    OutcomeMessage outcome = OutcomeCodec.read(message(golden(version, kind)));

    assertThat(outcome.kind().wireName()).isEqualTo(kind);
    assertThat(outcome.ids().route()).isEqualTo(ROUTE);
    assertThat(outcome.facts().worker()).isEqualTo("worker-a");
    assertThat(outcome.facts().attempts()).isEqualTo(kind.equals("completed") ? 2 : 1);
    assertThat(outcome.facts().statusCode()).isEqualTo(kind.equals("completed") ? 200 : 400);
    assertThat(outcome.body().size()).isPositive();
  }

  /** What an earlier version reads of a message is what its own had: by name, value and type. */
  @ParameterizedTest
  @CsvSource({
    "first,task",
    "first,completed",
    "first,failed",
    "1.0,task",
    "1.0,completed",
    "1.0,failed"
  })
  void aMessageOfThisVersionHasAllThatAnEarlierOneReads(String version, String kind)
      throws IOException {
    JsonNode now = golden(".", kind);

    for (Map.Entry<String, JsonNode> property : golden(version, kind).properties()) {
      if (!property.getKey().equals("headers")) {
        assertThat(now.path(property.getKey()))
            .as(property.getKey())
            .isEqualTo(property.getValue());
      }
    }
    for (Map.Entry<String, JsonNode> header : golden(version, kind).path("headers").properties()) {
      assertThat(now.path("headers").path(header.getKey()))
          .as(header.getKey())
          .isEqualTo(header.getValue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "completed", "failed"})
  void whatALaterMinorVersionAddsIsPassedOver(String kind) throws IOException {
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
  void aTaskOfALaterMajorVersionIsNotGuessedAt() throws IOException {
    Message later = message(golden(".", "task"));
    later.getMessageProperties().setHeader(Headers.WIRE, "2.0");

    assertThat(TaskCodec.read(later, ROUTE, NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            refused ->
                assertThat(refused.reason())
                    .isEqualTo(
                        "sluice-wire 2.0 is newer than this worker, which reads 1.x: upgrade it, and replay the task"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"new", "1", "1.x", ""})
  void aVersionThatIsNoneIsNamed(String version) throws IOException {
    Message odd = message(golden(".", "task"));
    odd.getMessageProperties().setHeader(Headers.WIRE, version);

    assertThat(TaskCodec.read(odd, ROUTE, NOW))
        .isInstanceOfSatisfying(
            TaskReadResult.Malformed.class,
            refused -> assertThat(refused.reason()).startsWith("sluice-wire '" + version + "'"));
  }

  @Test
  void theGoldenFilesAreThoseOfTheVersionThatIsWritten() throws IOException {
    assertThat(golden(".", "task").path("headers").path(Headers.WIRE).asString())
        .isEqualTo(WireVersion.OWN.toString());
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
