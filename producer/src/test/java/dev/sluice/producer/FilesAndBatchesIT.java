package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topology.Exchanges;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files and batches endpoints: expiry, limits, paging, idempotency and retention. */
class FilesAndBatchesIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<String, String> ONE_HOUR =
      Map.of("expires_after[anchor]", "created_at", "expires_after[seconds]", "3600");

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running =
        RunningProducer.start(
            directory.resolve("postgres"),
            "sluice.retention.batches-after=7d",
            "sluice.retention.interval=1s");
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  @Test
  void idempotencyKeyCreatesOneBatch() throws Exception {
    String file = upload("x", Map.of()).path("id").asString();
    JsonNode first = JSON.readTree(create(file, "24h", "a key").body());
    JsonNode again = JSON.readTree(create(file, "24h", "a key").body());
    assertThat(again.path("id").asString()).startsWith("batch_").isEqualTo(id(first));

    HttpResponse<String> different = create(file, "12h", "a key");
    assertThat(different.statusCode()).isEqualTo(400);
    assertThat(different.body()).contains("idempotency_key_reused").contains(id(first));
    for (String field :
        List.of("\"cut_off\":\"fail\"", "\"stop_after\":{\"failed\":5,\"of_first\":20}")) {
      String created = id(JSON.readTree(create(file, "24h", field, "," + field).body()));
      assertThat(id(JSON.readTree(create(file, "24h", field, "," + field).body())))
          .startsWith("batch_")
          .isEqualTo(created);
      assertThat(create(file, "24h", field).statusCode()).as(field).isEqualTo(400);
    }

    assertThat(id(JSON.readTree(create(file, "24h", "another key").body())))
        .isNotEqualTo(id(first));
    assertThat(create(file, "24h", "k".repeat(256)).statusCode()).isEqualTo(400);
    assertThat(id(producer().get("/api/batches/by-idempotency-key?idempotency_key=a%20key")))
        .isEqualTo(id(first));
    assertThat(
            producer()
                .send(producer().request("/api/batches/by-idempotency-key?idempotency_key=none"))
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void idempotentRequestHasTheSameBudgetAsTheFirstOne() throws Exception {
    String file = upload("x", Map.of()).path("id").asString();
    String first = id(JSON.readTree(create(file, "24h", "a budget", ",\"budget\":2.5").body()));

    for (String budget : List.of("2.51", "null")) {
      assertThat(create(file, "24h", "a budget", ",\"budget\":" + budget).body())
          .contains("idempotency_key_reused");
    }

    producer().send("PUT", "/api/batches/" + first + "/budget", "{\"dollars\":9}");
    assertThat(id(JSON.readTree(create(file, "24h", "a budget", ",\"budget\":2.50").body())))
        .as("compared with the budget of the first request, not with a later one")
        .isEqualTo(first);
  }

  @Test
  void expiredFileIsNotFound() throws Exception {
    JsonNode file = upload("x", ONE_HOUR);
    assertThat(file.path("expires_at").asLong() - file.path("created_at").asLong()).isEqualTo(3600);
    String path = "/v1/files/" + id(file);
    assertThat(producer().send(producer().request(path)).statusCode()).isEqualTo(200);

    expire(id(file));

    assertThat(producer().send(producer().request(path)).statusCode()).isEqualTo(404);
    assertThat(producer().send(producer().request(path + "/content")).statusCode()).isEqualTo(404);
    assertThat(producer().get("/v1/files").toString()).doesNotContain(id(file));
  }

  @Test
  void invalidExpiryIsRejectedAndStoresNoFile() throws Exception {
    for (Map<String, String> expiry :
        List.of(
            Map.of("expires_after[anchor]", "now", "expires_after[seconds]", "3600"),
            Map.of("expires_after[anchor]", "created_at", "expires_after[seconds]", "3599"),
            Map.of("expires_after[anchor]", "created_at", "expires_after[seconds]", "2592001"),
            Map.of("expires_after[anchor]", "created_at"))) {
      HttpResponse<String> rejected = producer().upload("unwanted", new byte[] {1}, expiry);
      assertThat(rejected.statusCode()).as(rejected.body()).isEqualTo(400);
    }
    assertThat(producer().get("/v1/files").toString()).doesNotContain("unwanted");
  }

  @Test
  void resultFilesHaveTheRequestedExpiry() throws Exception {
    String batch =
        producer()
            .batch(
                RunningProducer.line("a", "x"),
                "\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":7200},");
    try (FakeWorker worker = producer().worker()) {
      JsonNode done = producer().finished(batch);
      assertThat(worker.received).isNotEmpty();
      assertThat(done.path("model").asString()).isEqualTo("gpt-4o-mini");
      JsonNode output = producer().get("/v1/files/" + done.path("output_file_id").asString());
      assertThat(output.path("expires_at").asLong() - output.path("created_at").asLong())
          .isEqualTo(7200);
    }
    HttpResponse<String> wrong =
        producer()
            .send(
                "POST",
                "/v1/batches",
                """
                {"input_file_id":"f","endpoint":"/v1/embeddings","completion_window":"24h",
                 "output_expires_after":{"anchor":"created_at","seconds":1}}""");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("output_expires_after[seconds]");
  }

  @Test
  void tooLargeFileIsRejectedAndTheLargestIsStored() throws Exception {
    byte[] largest = new byte[RunningProducer.MAX_FILE_SIZE];
    assertThat(producer().upload("a", largest).statusCode()).isEqualTo(200);
    HttpResponse<String> rejected = producer().upload("too-large", new byte[largest.length + 1]);
    assertThat(rejected.statusCode()).isEqualTo(413);
    assertThat(JSON.readTree(rejected.body()).path("error").path("param").asString())
        .isEqualTo("file");
    assertThat(producer().get("/v1/files").toString()).doesNotContain("too-large");
  }

  @Test
  void fileWithTooManyLinesFailsItsBatch() throws Exception {
    String batch = producer().batch(RunningProducer.lines(RunningProducer.MAX_LINES + 1));
    JsonNode error = producer().finished(batch).path("errors").path("data").get(0);
    assertThat(error.path("code").asString()).isEqualTo("too_many_lines");
    assertThat(error.path("line").asInt()).isEqualTo(RunningProducer.MAX_LINES + 1);
  }

  @Test
  void listIsPagedInBothOrders() throws Exception {
    String purpose = "paging";
    for (int i = 0; i < 5; i++) {
      upload("page-" + i, Map.of("purpose", purpose));
    }
    for (String order : List.of("asc", "desc")) {
      String list = "/v1/files?purpose=%s&order=%s&limit=2".formatted(purpose, order);
      StringBuilder names = new StringBuilder();
      JsonNode page = producer().get(list);
      while (true) {
        assertThat(page.path("data").size()).isPositive();
        assertThat(page.path("first_id").asString()).isEqualTo(id(page.path("data").get(0)));
        page.path("data").forEach(file -> names.append(file.path("filename").asString()));
        if (!page.path("has_more").asBoolean()) {
          break;
        }
        page = producer().get(list + "&after=" + page.path("last_id").asString());
      }
      String oldestFirst = "page-0page-1page-2page-3page-4";
      assertThat(names)
          .hasToString(order.equals("asc") ? oldestFirst : "page-4page-3page-2page-1page-0");
    }
    assertThat(producer().send(producer().request("/v1/files?order=up")).statusCode())
        .isEqualTo(400);
  }

  @Test
  void boundQueueReceivesEveryOutcome() throws Exception {
    Queue queue = new Queue("client-results", /* durable= */ false, /* exclusive= */ true, false);
    AmqpAdmin admin = producer().bean(AmqpAdmin.class);
    admin.declareQueue(queue);
    admin.declareBinding(
        BindingBuilder.bind(queue)
            .to(new TopicExchange(Exchanges.OUTCOMES))
            .with("*." + RunningProducer.ROUTE));
    String batch = producer().batch(RunningProducer.lines(20));
    try (FakeWorker worker = producer().worker()) {
      RabbitTemplate rabbit = producer().bean(RabbitTemplate.class);
      List<String> outcomes = new ArrayList<>();
      await()
          .atMost(SOON)
          .until(
              () -> {
                Message message = rabbit.receive("client-results");
                if (message != null) {
                  MessageProperties properties = message.getMessageProperties();
                  assertThat(properties.getCorrelationId()).isEqualTo(batch);
                  assertThat(new String(message.getBody(), StandardCharsets.UTF_8))
                      .contains("\"echo\"");
                  outcomes.add(
                      properties.getHeader("sluice-outcome")
                          + " "
                          + properties.getHeader("sluice-custom-id"));
                }
                return outcomes.size() == 20;
              });
      assertThat(outcomes)
          .doesNotHaveDuplicates()
          .contains("completed line-0", "completed line-19");
      assertThat(worker.received).hasSize(20);
      producer().finished(batch);
    }
    admin.deleteQueue("client-results");
  }

  @Test
  void oldBatchIsDeletedWithItsTasksAndFiles() throws Exception {
    String old = producer().batch(RunningProducer.lines(3));
    String young = producer().batch(RunningProducer.lines(2));
    try (FakeWorker worker = producer().worker()) {
      producer().finished(young);
      String output = producer().finished(old).path("output_file_id").asString();
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(5);
      producer()
          .jdbc()
          .sql("update batches set completed_at = now() - interval '8 days' where id = :id")
          .param("id", RunningProducer.uuid(old))
          .update();

      await()
          .atMost(SOON)
          .until(
              () -> producer().send(producer().request("/v1/batches/" + old)).statusCode() == 404);
      assertThat(producer().send(producer().request("/v1/files/" + output)).statusCode())
          .isEqualTo(404);
    }
    assertThat(
            producer()
                .jdbc()
                .sql("select count(*) from tasks where batch_id = :id")
                .param("id", RunningProducer.uuid(old))
                .query(Long.class)
                .single())
        .isZero();
    assertThat(producer().get("/v1/batches/" + young).path("status").asString())
        .isEqualTo("completed");
  }

  private static void expire(String file) {
    producer()
        .jdbc()
        .sql("update files set expires_at = created_at where id = :id")
        .param("id", file)
        .update();
  }

  private static HttpResponse<String> create(String file, String window, String key)
      throws Exception {
    return create(file, window, key, "");
  }

  private static HttpResponse<String> create(String file, String window, String key, String extra)
      throws Exception {
    return producer()
        .send(
            producer()
                .request("/v1/batches")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        """
                        {"input_file_id":"%s","endpoint":"/v1/embeddings","completion_window":"%s"%s}"""
                            .formatted(file, window, extra))));
  }

  private static JsonNode upload(String name, Map<String, String> fields) throws Exception {
    return JSON.readTree(
        producer().upload(name, name.getBytes(StandardCharsets.UTF_8), fields).body());
  }

  private static String id(JsonNode object) {
    return object.path("id").asString();
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
