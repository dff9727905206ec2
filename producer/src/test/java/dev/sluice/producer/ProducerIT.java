package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.AttemptHistory;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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

/**
 * The producer as a whole: a real PostgreSQL, a real RabbitMQ, and a worker that the test plays.
 */
class ProducerIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TASKS = QueueNames.tasks(RunningProducer.ROUTE, Lane.BATCH);

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running = RunningProducer.start(directory.resolve("postgres"));
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  @BeforeEach
  void emptyQueues() {
    producer().bean(AmqpAdmin.class).purgeQueue(TASKS);
  }

  @Test
  void aBatchGoesInAndItsFilesComeOut() throws Exception {
    String lines =
        RunningProducer.line("good é", "\\u00e9 \u2028 \uD83D\uDE00")
            + "\r\n"
            + RunningProducer.line("refused", "no")
            + RunningProducer.line("unanswered", "?")
            + RunningProducer.line("last", "yes");
    String batch = producer().batch(lines);
    try (FakeWorker worker = producer().worker(ProducerIT::byCustomId)) {
      JsonNode done = producer().ended(batch);
      assertThat(done.path("status").asString()).isEqualTo("completed");
      assertThat(done.path("request_counts").toString())
          .isEqualTo("{\"total\":4,\"completed\":2,\"failed\":2}");
      assertThat(done.path("usage").path("total_tokens").asLong()).isEqualTo(45);
      assertThat(worker.taken)
          .filteredOn(task -> task.ids().customId().equals("good é"))
          .singleElement()
          .satisfies(
              task ->
                  assertThat(task.body().text())
                      .isEqualTo(
                          "{\"model\":\"gpt-4o-mini\", \"messages\":[{\"role\":\"user\",\"content\":\"\\u00e9 \u2028 \uD83D\uDE00\"}]}"));

      String output = content(done, "output_file_id");
      assertThat(output.lines().toList()).hasSize(2);
      assertThat(output.lines().findFirst().orElseThrow())
          .endsWith(
              "\"custom_id\":\"good é\",\"response\":{\"status_code\":200,\"request_id\":\"req_1\",\"body\":{   \"echo\": \"good é\" }},\"error\":null}");
      String errors = content(done, "error_file_id");
      List<JsonNode> failed = errors.lines().map(JSON::readTree).toList();
      assertThat(failed).hasSize(2);
      assertThat(failed.getFirst().path("response").path("status_code").asInt()).isEqualTo(400);
      assertThat(failed.getLast().path("response").isNull()).isTrue();
      assertThat(failed.getLast().path("error").path("code").asString())
          .isEqualTo("attempts_exhausted");
    }
    JsonNode progress = producer().get("/api/batches/" + batch);
    assertThat(progress.path("name").asString()).isEqualTo("a test");
    assertThat(progress.path("throttles").asLong()).isEqualTo(6);
    assertThat(progress.path("queued").asLong()).isZero();
    assertThat(progress.path("in_broker").asLong()).isZero();
  }

  @Test
  void theBatchObjectHasAllKeysOfOpenAis() throws Exception {
    JsonNode batch = producer().get("/v1/batches/" + producer().batch("nonsense"));
    assertThat(batch.propertyNames())
        .contains(
            "id",
            "object",
            "endpoint",
            "errors",
            "input_file_id",
            "completion_window",
            "status",
            "output_file_id",
            "error_file_id",
            "created_at",
            "in_progress_at",
            "expires_at",
            "finalizing_at",
            "completed_at",
            "failed_at",
            "expired_at",
            "cancelling_at",
            "cancelled_at",
            "request_counts",
            "usage",
            "metadata");
  }

  @Test
  void aBadFileFailsItsBatchWithAllThatIsWrong() throws Exception {
    String lines =
        RunningProducer.line("a", "x")
            + "not json\n"
            + RunningProducer.line("a", "y")
            + RunningProducer.line("b", "z").replace("gpt-4o-mini", "gpt-unknown");
    JsonNode failed = producer().ended(producer().batch(lines));
    assertThat(failed.path("status").asString()).isEqualTo("failed");
    assertThat(failed.path("errors").path("data").valueStream().map(ProducerIT::codeAndLine))
        .containsExactly("invalid_json_line 2", "duplicate_custom_id 3", "model_not_found 4");
    assertThat(
            count(
                "select count(*) from tasks where custom_id = 'a' and route = '%s'"
                    .formatted(RunningProducer.ROUTE)))
        .isZero();
    assertThat(
            producer()
                .ended(producer().batch("\n\n"))
                .path("errors")
                .path("data")
                .get(0)
                .path("code")
                .asString())
        .isEqualTo("empty_file");
  }

  @Test
  void aBatchThatCannotBeStoredFailsAndHoldsUpNoOther() throws Exception {
    producer()
        .jdbc()
        .sql("alter table tasks add constraint no_poison check (custom_id <> 'poison')")
        .update();
    String unstorable = producer().batch(RunningProducer.line("poison", "x"));
    String wrong =
        producer().batch(RunningProducer.line("a", "x").replace("POST", "PO\\u0000ST\\ud83d"));
    String good = producer().batch(RunningProducer.line("good", "x"));
    assertThat(
            producer().ended(unstorable).path("errors").path("data").get(0).path("code").asString())
        .isEqualTo("unstorable_input");
    JsonNode error = producer().ended(wrong).path("errors").path("data").get(0);
    assertThat(error.path("message").asString())
        .isEqualTo("The method 'POST' is not supported: it has to be POST.");
    try (FakeWorker worker = producer().worker()) {
      assertThat(producer().ended(good).path("status").asString()).isEqualTo("completed");
      assertThat(worker.taken).hasSize(1);
    }
    producer().jdbc().sql("alter table tasks drop constraint no_poison").update();
  }

  @Test
  void anOutcomeThatCannotBeStoredStillEndsItsTask() throws Exception {
    producer()
        .jdbc()
        .sql("alter table tasks add constraint no_refused check (request_id <> 'poison')")
        .update();
    String lines =
        RunningProducer.line("good", "x")
            + RunningProducer.line("poison", "x")
            + RunningProducer.line("endless", "x")
            + RunningProducer.line("negative", "x");
    String batch = producer().batch(lines);
    try (FakeWorker worker = producer().worker(ProducerIT::unstorable)) {
      JsonNode done = producer().ended(batch);
      assertThat(worker.taken).hasSize(4);
      assertThat(done.path("request_counts").toString())
          .isEqualTo("{\"total\":4,\"completed\":3,\"failed\":1}");
      assertThat(done.path("usage").path("total_tokens").asLong())
          .isEqualTo(15 + 2_000_000_000_000L);
      JsonNode failed = JSON.readTree(content(done, "error_file_id"));
      assertThat(failed.path("custom_id").asString()).isEqualTo("poison");
      assertThat(failed.path("error").path("code").asString()).isEqualTo("unstorable_outcome");
      assertThat(failed.path("error").path("message").asString()).contains("no_refused");
    }
    producer().jdbc().sql("alter table tasks drop constraint no_refused").update();
  }

  @Test
  void theWindowIsNeverExceededAndACancelActsAtOnce() throws Exception {
    AmqpAdmin admin = producer().bean(AmqpAdmin.class);
    Queue outcomes = bound(new TopicExchange(Exchanges.OUTCOMES), "*." + RunningProducer.ROUTE);
    Queue halts = bound(new TopicExchange(Exchanges.FLEET), FleetTopics.SUSPENSION);
    String first = producer().batch(RunningProducer.lines(100));
    String second = producer().batch(RunningProducer.lines(60));
    await().atMost(SOON).until(() -> inBroker(first) + inBroker(second) == RunningProducer.WINDOW);
    await()
        .during(Duration.ofSeconds(1))
        .atMost(SOON)
        .until(() -> inBroker(first) + inBroker(second) <= RunningProducer.WINDOW);
    assertThat(messages()).isEqualTo(RunningProducer.WINDOW);

    String answer = producer().send("POST", "/v1/batches/" + first + "/cancel", "").body();
    assertThat(JSON.readTree(answer).path("status").asString()).isIn("cancelling", "finalizing");
    // Nobody works: what is in the broker is taken out of it again.
    JsonNode cancelled = producer().ended(first);
    assertThat(cancelled.path("status").asString()).isEqualTo("cancelled");
    assertThat(content(cancelled, "error_file_id").lines())
        .hasSize(100)
        .allMatch(line -> line.contains("\"code\":\"batch_cancelled\""));
    assertThat(heard(outcomes))
        .as("of those in the broker and of those that never were")
        .extracting(message -> message.getMessageProperties().getMessageId())
        .doesNotHaveDuplicates()
        .hasSize(100);
    assertThat(heard(halts).stream().flatMap(message -> FleetCodec.suspension(message).stream()))
        .as("what workers hold of it is not called either")
        .anyMatch(notice -> notice.cancelled().equals(List.of(first)))
        .allMatch(notice -> notice.route().equals(RunningProducer.ROUTE));
    admin.deleteQueue(outcomes.getName());
    admin.deleteQueue(halts.getName());
    await().atMost(SOON).until(() -> inBroker(second) == RunningProducer.WINDOW);
    assertThat(messages()).isEqualTo(RunningProducer.WINDOW);
    try (FakeWorker worker = producer().worker()) {
      assertThat(producer().ended(second).path("status").asString()).isEqualTo("completed");
      assertThat(worker.taken)
          .extracting(task -> task.ids().batchId())
          .hasSize(60)
          .containsOnly(second);
    }
    assertThat(producer().send("POST", "/v1/batches/" + first + "/cancel", "").statusCode())
        .isEqualTo(200);
    HttpResponse<String> late = producer().send("POST", "/v1/batches/" + second + "/cancel", "");
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.headers().firstValue("x-should-retry")).contains("false");
  }

  private static Queue bound(TopicExchange exchange, String key) {
    Queue queue = new Queue("producer-it-" + UUID.randomUUID(), false, /* exclusive= */ true, true);
    AmqpAdmin admin = producer().bean(AmqpAdmin.class);
    admin.declareQueue(queue);
    admin.declareBinding(BindingBuilder.bind(queue).to(exchange).with(key));
    return queue;
  }

  private static List<Message> heard(Queue queue) {
    RabbitTemplate rabbit = producer().bean(RabbitTemplate.class);
    return Stream.generate(() -> rabbit.receive(queue.getName()))
        .takeWhile(Objects::nonNull)
        .toList();
  }

  @Test
  void aPausedBatchIsNotCalledAndGoesOnWhereItWas() throws Exception {
    String paused = producer().batch(RunningProducer.lines(70));
    String other = producer().batch(RunningProducer.lines(30));
    await().atMost(SOON).until(() -> inBroker(paused) + inBroker(other) == RunningProducer.WINDOW);

    JsonNode answer =
        JSON.readTree(producer().send("POST", "/api/batches/" + paused + "/pause", "").body());
    assertThat(answer.path("paused_at").isIntegralNumber()).isTrue();
    assertThat(answer.path("paused_by").asString()).isEqualTo("manual");
    await().atMost(SOON).until(() -> inBroker(paused) == 0 && inBroker(other) == 30);
    assertThat(messages()).isEqualTo(30);
    try (FakeWorker worker = producer().worker()) {
      producer().ended(other);
      assertThat(producer().get("/api/batches/" + paused).path("queued").asLong()).isEqualTo(70);
      assertThat(producer().get("/v1/batches/" + paused).path("status").asString())
          .isEqualTo("in_progress");

      producer().send("POST", "/api/batches/" + paused + "/resume", "");
      JsonNode done = producer().ended(paused);
      assertThat(done.path("request_counts").path("completed").asLong()).isEqualTo(70);
      assertThat(worker.taken).hasSize(100);
      assertThat(producer().get("/api/batches/" + paused).path("paused_at").isNull()).isTrue();
    }
    assertThat(producer().send("POST", "/api/batches/" + paused + "/pause", "").statusCode())
        .isEqualTo(409);
  }

  @Test
  void aSmallBatchWaitsBehindNoLargeOne() throws Exception {
    assertThat(lastOf(5, "", "")).isLessThanOrEqualTo(RunningProducer.WINDOW + 2 * 5);
  }

  @Test
  void turnsAreWeighedByTokens() throws Exception {
    // Each of these lines weighs as much as about ten of the large batch's.
    assertThat(lastOf(10, "", "\"max_tokens\":2700,"))
        .isBetween(RunningProducer.WINDOW + 80, RunningProducer.WINDOW + 120);
  }

  @Test
  void turnsAreWeighedByPriority() throws Exception {
    assertThat(lastOf(100, "\"priority\":40,", ""))
        .isBetween(RunningProducer.WINDOW + 120, RunningProducer.WINDOW + 130);
  }

  /**
   * The place of a batch's last task among all that the worker took, where it came while another
   * filled the window.
   *
   * @param extra what its creation holds besides
   * @param weight what each of its lines holds besides
   */
  private static int lastOf(int lines, String extra, String weight) throws Exception {
    String large = producer().batch(RunningProducer.lines(500));
    await().atMost(SOON).until(() -> inBroker(large) == RunningProducer.WINDOW);
    String small =
        producer()
            .batch(
                RunningProducer.lines(lines).replace("\"messages\"", weight + "\"messages\""),
                extra);
    await().atMost(SOON).until(() -> producer().status(small).equals("in_progress"));
    try (FakeWorker worker = producer().worker()) {
      producer().ended(small);
      assertThat(producer().get("/api/batches/" + large).path("queued").asLong()).isPositive();
      producer().ended(large);
      assertThat(worker.taken).hasSize(500 + lines);
      return 1
          + worker.taken.stream().map(task -> task.ids().batchId()).toList().lastIndexOf(small);
    }
  }

  @Test
  void aTaskThatWasPublishedButNotMarkedIsPublishedAgainAndEndsOnce() throws Exception {
    String batch = producer().batch(RunningProducer.lines(20));
    await().atMost(SOON).until(() -> inBroker(batch) == 20);
    // What a producer leaves that dies between the confirm and its commit.
    producer()
        .jdbc()
        .sql(
            """
            with back as (update tasks set state = 'queued' where batch_id = :id returning id)
            update shares set queued = queued + submitted, submitted = 0 where batch_id = :id""")
        .param("id", RunningProducer.uuid(batch))
        .update();
    await().atMost(SOON).until(() -> messages() == 40);
    try (FakeWorker worker = producer().worker()) {
      JsonNode done = producer().ended(batch);
      await().atMost(SOON).until(() -> worker.taken.size() == 40);
      assertThat(done.path("request_counts").path("completed").asLong()).isEqualTo(20);
      assertThat(content(done, "output_file_id").lines()).hasSize(20);
    }
    assertThat(producer().get("/api/batches/" + batch).path("prompt_tokens").asLong())
        .isEqualTo(200);
  }

  @Test
  void anOutcomeThatComesTwiceCountsOnceAndStrangersAreLetPass() throws Exception {
    RabbitTemplate rabbit = producer().bean(RabbitTemplate.class);
    rabbit.send(
        Exchanges.OUTCOMES,
        "completed.x",
        new Message("{}".getBytes(StandardCharsets.UTF_8), outcome("none of ours")));
    rabbit.send(
        Exchanges.OUTCOMES,
        "completed.x",
        new Message("{}".getBytes(StandardCharsets.UTF_8), outcome(UUID.randomUUID().toString())));
    MessageProperties unreadable = outcome(UUID.randomUUID().toString());
    unreadable.setHeader("sluice-outcome", "no such kind");
    rabbit.send(Exchanges.OUTCOMES, "completed.x", new Message(new byte[0], unreadable));

    String batch = producer().batch(RunningProducer.lines(10));
    try (FakeWorker worker = producer().worker(ProducerIT::twiceThenFailed)) {
      JsonNode done = producer().ended(batch);
      assertThat(worker.taken).hasSize(10);
      assertThat(done.path("request_counts").toString())
          .isEqualTo("{\"total\":10,\"completed\":10,\"failed\":0}");
      assertThat(done.path("error_file_id").isNull()).isTrue();
    }
    await().atMost(SOON).until(() -> messages(QueueNames.RESULTS) == 0);
    String metrics = producer().send(producer().request("/actuator/prometheus")).body();
    assertThat(metrics)
        .contains("sluice_collect_ignored_total{reason=\"external\"} 1.0")
        .contains("sluice_collect_ignored_total{reason=\"unreadable\"} 1.0")
        .contains("sluice_feed_tasks_total{route=\"producer-it\"}");
  }

  @Test
  void aBatchWhoseTimeIsOverExpires() throws Exception {
    String batch = producer().batch(RunningProducer.lines(70));
    await().atMost(SOON).until(() -> inBroker(batch) == RunningProducer.WINDOW);
    producer()
        .jdbc()
        .sql("update batches set expires_at = created_at where id = :id")
        .param("id", RunningProducer.uuid(batch))
        .update();
    await()
        .atMost(SOON)
        .until(() -> producer().get("/api/batches/" + batch).path("expired").asLong() == 20);
    try (FakeWorker worker = producer().worker()) {
      JsonNode done = producer().ended(batch);
      assertThat(worker.taken).hasSize(RunningProducer.WINDOW);
      assertThat(done.path("status").asString()).isEqualTo("expired");
      assertThat(content(done, "error_file_id").lines())
          .hasSize(20)
          .allMatch(line -> line.contains("\"code\":\"batch_expired\""));
    }
  }

  @Test
  void filesComeBackAsTheyWentInWhateverTheirSize() throws Exception {
    byte[] content = new byte[3 * 1024 * 1024 + 17];
    new Random(7).nextBytes(content);
    JsonNode file = JSON.readTree(producer().upload("büch.bin", content).body());
    assertThat(file.path("bytes").asLong()).isEqualTo(content.length);
    assertThat(file.path("filename").asString()).isEqualTo("büch.bin");
    String path = "/v1/files/" + file.path("id").asString();
    byte[] back =
        producer()
            .http()
            .send(
                producer().request(path + "/content").build(),
                HttpResponse.BodyHandlers.ofByteArray())
            .body();
    assertThat(back).isEqualTo(content);
    assertThat(producer().get("/v1/files?limit=1").path("has_more").isBoolean()).isTrue();
    assertThat(producer().send(producer().request(path).DELETE()).body())
        .contains("\"deleted\":true");
    assertThat(producer().send(producer().request(path)).statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(producer().upload("", new byte[] {1}).body()).path("bytes").asInt())
        .isEqualTo(1);
  }

  @Test
  void refusalsHaveTheShapeOfOpenAis() throws Exception {
    HttpRequest.Builder noKey =
        producer().request("/v1/files").setHeader("Authorization", "Bearer wrong");
    HttpResponse<String> refused = producer().send(noKey);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(JSON.readTree(refused.body()).path("error").path("code").asString())
        .isEqualTo("invalid_api_key");
    assertError(
        producer()
            .send(
                producer()
                    .request("/v1/files/file-none/content")
                    .header("Accept", "application/binary")),
        404);
    assertError(producer().send(producer().request("/v1/batches/batch_none")), 404);
    assertError(producer().send(producer().request("/v1/nothing")), 404);
    assertError(producer().send("POST", "/v1/batches", "{}"), 400);
    assertError(producer().send("POST", "/v1/batches", "not json"), 400);
    assertError(producer().send("POST", "/v1/files", "{}"), 400);
    assertError(producer().send("PUT", "/v1/batches", "{}"), 405);
    HttpRequest.Builder health =
        producer().request("/actuator/health/readiness").setHeader("Authorization", "none");
    assertThat(producer().send(health).statusCode()).isEqualTo(200);
    assertError(
        producer()
            .send(
                producer()
                    .request("/actuator/health/../prometheus")
                    .setHeader("Authorization", "none")),
        401);
    JsonNode status = producer().get("/api/status");
    assertThat(status.path("broker").path("up").asBoolean()).isTrue();
    assertThat(status.path("database").toString()).isEqualTo("{\"kind\":\"embedded\",\"up\":true}");
  }

  @Test
  void whatCannotBeReadOrStoredIsABadRequest() throws Exception {
    assertError(producer().send(producer().request("/v1/files?purpose=%00")), 400);
    assertError(producer().send(producer().request("/v1/files/a%00b")), 400);
    assertError(
        producer()
            .send(
                "POST",
                "/v1/batches",
                "{\"input_file_id\":\"a\\u0000\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"24h\"}"),
        400);
    assertError(producer().upload("a\0b", new byte[] {1}), 400);
    HttpRequest.Builder cutShort =
        producer()
            .request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=cut")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "--cut\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhalf a fi"));
    assertError(producer().send(cutShort), 400);
    assertError(producer().send(producer().request("/error")), 404);
  }

  @Test
  void whatTomcatRefusesHasTheShapeOfOpenAis() throws Exception {
    assertThat(raw("GET /v1/files?a=| HTTP/1.1\r\nHost: a\r\n"))
        .startsWith("HTTP/1.1 400")
        .endsWith(
            "{\"error\":{\"message\":\"Bad Request.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}");
    assertThat(raw("TRACE / HTTP/1.1\r\nHost: a\r\n"))
        .startsWith("HTTP/1.1 405")
        .contains("\"message\":\"Method Not Allowed.\"");
    assertThat(raw("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n"))
        .startsWith("HTTP/1.1 4")
        .contains("\"type\":\"invalid_request_error\"");
  }

  /** The answer to a head as no proper client sends it. */
  private static String raw(String head) throws IOException {
    int port =
        Integer.parseInt(
            Objects.requireNonNull(
                producer().context().getEnvironment().getProperty("local.server.port")));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return answer.endsWith("\r\n0") ? answer.substring(0, answer.length() - 3).strip() : answer;
    }
  }

  private static void assertError(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(JSON.readTree(response.body()).path("error").propertyNames())
        .containsExactlyInAnyOrder("message", "type", "param", "code");
  }

  private static List<OutcomeMessage> byCustomId(TaskMessage task) {
    String error =
        "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}";
    return List.of(
        switch (task.ids().customId()) {
          case "refused" ->
              OutcomeMessage.failed(
                  task.ids(),
                  new Failure(FailureCode.INVALID_REQUEST, error),
                  FakeWorker.facts(400),
                  task.body());
          case "unanswered" ->
              OutcomeMessage.failed(
                  task.ids(),
                  new Failure(FailureCode.ATTEMPTS_EXHAUSTED, "No reply."),
                  CallStats.none(5, 0, "fake"),
                  task.body());
          default -> FakeWorker.completed(task);
        });
  }

  private static List<OutcomeMessage> unstorable(TaskMessage task) {
    return List.of(
        switch (task.ids().customId()) {
          case "poison" -> completed(task, "poison", 1);
          case "endless" -> completed(task, "req_1", Long.MAX_VALUE);
          case "negative" -> completed(task, "req_1", Long.MIN_VALUE);
          default -> FakeWorker.completed(task);
        });
  }

  private static OutcomeMessage completed(TaskMessage task, String requestId, long tokens) {
    Duration latency = Duration.ofMillis(20);
    CallStats facts =
        new CallStats(1, 0, 200, requestId, tokens, tokens, latency, "fake", AttemptHistory.NONE);
    return OutcomeMessage.completed(task.ids(), facts, task.body());
  }

  private static List<OutcomeMessage> twiceThenFailed(TaskMessage task) {
    OutcomeMessage completed = FakeWorker.completed(task);
    Failure late = new Failure(FailureCode.DELIVERY_LIMIT, "late");
    return List.of(
        completed,
        completed,
        OutcomeMessage.failed(task.ids(), late, FakeWorker.facts(500), task.body()));
  }

  private static MessageProperties outcome(String id) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(id);
    properties.setHeader("sluice-outcome", "completed");
    return properties;
  }

  /** The content of a batch's file, whose size is what the file says. */
  private static String content(JsonNode batch, String key)
      throws IOException, InterruptedException {
    String id = batch.path(key).asString();
    String content = producer().content(id);
    assertThat(producer().get("/v1/files/" + id).path("bytes").asLong())
        .isEqualTo(content.getBytes(StandardCharsets.UTF_8).length);
    return content;
  }

  private static long inBroker(String batch) throws IOException, InterruptedException {
    return producer().get("/api/batches/" + batch).path("in_broker").asLong();
  }

  private static long messages() {
    return messages(TASKS);
  }

  private static long messages(String queue) {
    return Objects.requireNonNull(producer().bean(AmqpAdmin.class).getQueueInfo(queue))
        .getMessageCount();
  }

  private static long count(String sql) {
    return producer().jdbc().sql(sql).query(Long.class).single();
  }

  private static String codeAndLine(JsonNode error) {
    return error.path("code").asString() + " " + error.path("line").asLong();
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
