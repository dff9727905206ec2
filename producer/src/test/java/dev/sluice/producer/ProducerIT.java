package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.CallHistory;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.CheckResult;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole producer with a real PostgreSQL, a real RabbitMQ and a fake worker. */
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
  void batchProducesOutputAndErrorFiles() throws Exception {
    String lines =
        RunningProducer.line("good é", "\\u00e9 \u2028 \uD83D\uDE00")
            + "\r\n"
            + RunningProducer.line("refused", "no")
            + RunningProducer.line("unanswered", "?")
            + RunningProducer.line("last", "yes");
    String batch = producer().batch(lines);
    try (FakeWorker worker = producer().worker(ProducerIT::byCustomId)) {
      JsonNode done = producer().finished(batch);
      assertThat(done.path("status").asString()).isEqualTo("completed");
      assertThat(done.path("request_counts").toString())
          .isEqualTo("{\"total\":4,\"completed\":2,\"failed\":2}");
      assertThat(done.path("usage").path("total_tokens").asLong()).isEqualTo(45);
      assertThat(worker.received)
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
  void cutOffAnswersAreCountedAndMarked() throws Exception {
    String lines = RunningProducer.line("short", "a") + RunningProducer.line("long", "b");
    String batch = producer().batch(lines);
    try (FakeWorker worker = producer().worker(ProducerIT::cutOffIfLong)) {
      JsonNode done = producer().finished(batch);

      assertThat(done.path("sluice").path("cut_off").asLong()).isEqualTo(1);
      assertThat(producer().get("/api/batches/" + batch).path("cut_off").asLong()).isEqualTo(1);
      assertThat(content(done, "output_file_id").lines().map(JSON::readTree))
          .extracting(line -> line.path("sluice").path("cut_off").asBoolean(false))
          .containsExactly(false, true);
      assertThat(
              producer()
                  .get("/api/batches/" + batch + "/tasks")
                  .path("data")
                  .valueStream()
                  .toList())
          .extracting(task -> task.path("cut_off").asBoolean())
          .containsExactly(false, true);
      assertThat(worker.received).noneMatch(TaskMessage::failCutOff);

      producer().finished(producer().batch(lines, "\"cut_off\":\"fail\","));
      assertThat(worker.received.subList(2, 4)).allMatch(TaskMessage::failCutOff);
    }
  }

  private static List<OutcomeMessage> cutOffIfLong(TaskMessage task) {
    boolean cutOff = task.ids().customId().equals("long");
    return List.of(
        OutcomeMessage.completed(task.ids(), FakeWorker.stats(200), cutOff, Payload.of("{}")));
  }

  @Test
  void batchWithManyFailuresIsPausedOnceAndNamesTheirCause() throws Exception {
    String batch =
        producer()
            .batch(RunningProducer.lines(400), "\"stop_after\":{\"failed\":10,\"of_first\":200},");
    try (FakeWorker worker = producer().worker(ProducerIT::rejected)) {
      await()
          .atMost(SOON)
          .until(() -> pausedBy(batch).equals("stop_after") && inBroker(batch) == 0);
      JsonNode progress = producer().get("/api/batches/" + batch);
      assertThat(progress.path("failed").asInt())
          .isBetween(10, 10 + 3 * RunningProducer.MAX_TASKS_IN_BROKER);
      assertThat(progress.path("stop_reason").path("code").asString()).isEqualTo("invalid_request");
      assertThat(producer().get("/api/batches/" + batch + "/why").path("sentence").asString())
          .contains(" tasks failed, most with invalid_request: no. Fix the cause");

      JsonNode resumed =
          JSON.readTree(producer().send("POST", "/api/batches/" + batch + "/resume", "").body());
      assertThat(resumed.path("paused_by").isNull()).isTrue();
      JsonNode done = producer().finished(batch);
      assertThat(done.path("request_counts").path("failed").asInt()).isEqualTo(400);
      assertThat(worker.received).hasSize(400);
    }
  }

  private static List<OutcomeMessage> rejected(TaskMessage task) {
    return List.of(
        OutcomeMessage.failed(
            task.ids(),
            new Failure(FailureCode.INVALID_REQUEST, "{\"error\":{\"message\":\"no\"}}"),
            FakeWorker.stats(400),
            task.body()));
  }

  private static String pausedBy(String batch) throws IOException, InterruptedException {
    return producer().get("/api/batches/" + batch).path("paused_by").asString("");
  }

  @Test
  void batchObjectHasAllOpenAiKeys() throws Exception {
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
  void invalidFileFailsItsBatchWithAllErrors() throws Exception {
    String lines =
        RunningProducer.line("a", "x")
            + "not json\n"
            + RunningProducer.line("a", "y")
            + RunningProducer.line("b", "z").replace("gpt-4o-mini", "gpt-unknown");
    String batch = producer().batch(lines);
    JsonNode failed = producer().finished(batch);
    assertThat(failed.path("status").asString()).isEqualTo("failed");
    assertThat(failed.path("errors").path("data").valueStream().map(ProducerIT::codeAndLine))
        .containsExactly("invalid_json_line 2", "duplicate_custom_id 3", "model_not_found 4");
    assertThat(
            count(
                "select count(*) from tasks where batch_id = '%s'"
                    .formatted(RunningProducer.uuid(batch))))
        .isZero();
    assertThat(
            producer()
                .finished(producer().batch("\n\n"))
                .path("errors")
                .path("data")
                .get(0)
                .path("code")
                .asString())
        .isEqualTo("empty_file");
  }

  /** The first line ends with the first chunk, so the rest of the file looks like a whole one. */
  @Test
  void fileThatIsDeletedDuringValidationFailsItsBatch() throws Exception {
    int chunk = 1024 * 1024;
    int overhead = RunningProducer.line("a", "").length();
    String lines =
        RunningProducer.line("a", "x".repeat(chunk - overhead)) + RunningProducer.line("b", "y");
    String file =
        JSON.readTree(producer().upload("two", lines.getBytes(StandardCharsets.UTF_8)).body())
            .path("id")
            .asString();
    producer()
        .jdbc()
        .sql("delete from file_chunks where file_id = :id and seq = 1")
        .param("id", file)
        .update();

    JsonNode failed = producer().finished(createdFrom(file));

    JsonNode error = failed.path("errors").path("data").get(0);
    assertThat(error.path("code").asString()).isEqualTo("file_deleted");
    assertThat(error.path("message").asString()).contains(file, "was deleted");
  }

  private static String createdFrom(String file) throws Exception {
    return JSON.readTree(
            producer()
                .send(
                    "POST",
                    "/v1/batches",
                    """
                    {"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"24h"}"""
                        .formatted(file))
                .body())
        .path("id")
        .asString();
  }

  /** PostgreSQL's error for a value that an index cannot hold is no integrity violation. */
  @Test
  void inputThatTheDatabaseNeverAcceptsFailsItsBatch() throws Exception {
    producer().jdbc().sql("create index small_ids on tasks (custom_id)").update();
    try {
      byte[] random = new byte[2_000];
      new Random(1).nextBytes(random);
      String incompressible = HexFormat.of().formatHex(random);
      String batch = producer().batch(RunningProducer.line(incompressible, "x"));

      JsonNode error = producer().finished(batch).path("errors").path("data").get(0);

      assertThat(error.path("code").asString()).isEqualTo("unstorable_input");
    } finally {
      producer().jdbc().sql("drop index small_ids").update();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
  void fileInUtf16FailsWithOneErrorThatNamesUtf8(String charset) throws Exception {
    byte[] content = RunningProducer.lines(3).getBytes(Charset.forName(charset));
    String file = JSON.readTree(producer().upload("utf16", content).body()).path("id").asString();

    JsonNode errors = producer().finished(createdFrom(file)).path("errors").path("data");

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0).path("message").asString())
        .isEqualTo("The file is not in UTF-8 (it looks like UTF-16). Save it as UTF-8.");
  }

  @Test
  void unstorableBatchFailsAndBlocksNoOther() throws Exception {
    producer()
        .jdbc()
        .sql("alter table tasks add constraint no_poison check (custom_id <> 'poison')")
        .update();
    String unstorable = producer().batch(RunningProducer.line("poison", "x"));
    String wrong =
        producer().batch(RunningProducer.line("a", "x").replace("POST", "PO\\u0000ST\\ud83d"));
    String good = producer().batch(RunningProducer.line("good", "x"));
    assertThat(
            producer()
                .finished(unstorable)
                .path("errors")
                .path("data")
                .get(0)
                .path("code")
                .asString())
        .isEqualTo("unstorable_input");
    JsonNode error = producer().finished(wrong).path("errors").path("data").get(0);
    assertThat(error.path("message").asString())
        .isEqualTo("The method 'POST' is not supported. It must be POST.");
    try (FakeWorker worker = producer().worker()) {
      assertThat(producer().finished(good).path("status").asString()).isEqualTo("completed");
      assertThat(worker.received).hasSize(1);
    }
    producer().jdbc().sql("alter table tasks drop constraint no_poison").update();
  }

  @Test
  void batchThatCannotBeFinishedDelaysNoOther() throws Exception {
    String stuck = producer().batch(RunningProducer.line("stuck", "x"));
    producer()
        .jdbc()
        .sql(
            "alter table files add constraint no_file check (batch_id is distinct from '%s')"
                .formatted(RunningProducer.uuid(stuck)))
        .update();
    try (FakeWorker worker = producer().worker()) {
      await().atMost(SOON).until(() -> producer().status(stuck).equals("finalizing"));
      String later = producer().batch(RunningProducer.line("later", "x"));
      assertThat(producer().finished(later).path("status").asString()).isEqualTo("completed");
      producer().jdbc().sql("alter table files drop constraint no_file").update();
      assertThat(producer().finished(stuck).path("status").asString()).isEqualTo("completed");
      assertThat(worker.received).hasSize(2);
    }
  }

  @Test
  void unstorableOutcomeStillFinishesItsTask() throws Exception {
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
      JsonNode done = producer().finished(batch);
      assertThat(worker.received).hasSize(4);
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
  void brokerLimitIsNeverExceededAndCancelActsAtOnce() throws Exception {
    AmqpAdmin admin = producer().bean(AmqpAdmin.class);
    Queue outcomes = bindQueue(new TopicExchange(Exchanges.OUTCOMES), "*." + RunningProducer.ROUTE);
    Queue suspensions = bindQueue(new TopicExchange(Exchanges.FLEET), FleetTopics.SUSPENSION);
    String first = producer().batch(RunningProducer.lines(100));
    String second = producer().batch(RunningProducer.lines(60));
    await()
        .atMost(SOON)
        .until(() -> inBroker(first) + inBroker(second) == RunningProducer.MAX_TASKS_IN_BROKER);
    await()
        .during(Duration.ofSeconds(1))
        .atMost(SOON)
        .until(() -> inBroker(first) + inBroker(second) <= RunningProducer.MAX_TASKS_IN_BROKER);
    awaitMessages(TASKS, RunningProducer.MAX_TASKS_IN_BROKER); // the tasks are marked before

    String response = producer().send("POST", "/v1/batches/" + first + "/cancel", "").body();
    assertThat(JSON.readTree(response).path("status").asString()).isIn("cancelling", "finalizing");
    // No worker runs; the producer withdraws the tasks from the queue.
    JsonNode cancelled = producer().finished(first);
    assertThat(cancelled.path("status").asString()).isEqualTo("cancelled");
    assertThat(content(cancelled, "error_file_id").lines())
        .hasSize(100)
        .allMatch(line -> line.contains("\"code\":\"batch_cancelled\""));
    awaitMessages(outcomes.getName(), 100); // the outcomes are stored before
    assertThat(receiveAll(outcomes))
        .as("tasks from the broker and from the backlog")
        .extracting(message -> message.getMessageProperties().getMessageId())
        .doesNotHaveDuplicates()
        .hasSize(100);
    List<SuspensionMessage> suspended = new ArrayList<>();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              receiveAll(suspensions)
                  .forEach(message -> FleetCodec.suspension(message).ifPresent(suspended::add));
              assertThat(suspended)
                  .as("workers do not call their prefetched tasks")
                  .anyMatch(suspension -> suspension.cancelled().equals(List.of(first)));
            });
    assertThat(suspended).allMatch(suspension -> suspension.route().equals(RunningProducer.ROUTE));
    admin.deleteQueue(outcomes.getName());
    admin.deleteQueue(suspensions.getName());
    await().atMost(SOON).until(() -> inBroker(second) == RunningProducer.MAX_TASKS_IN_BROKER);
    awaitMessages(TASKS, RunningProducer.MAX_TASKS_IN_BROKER);
    try (FakeWorker worker = producer().worker()) {
      assertThat(producer().finished(second).path("status").asString()).isEqualTo("completed");
      assertThat(worker.received)
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

  private static Queue bindQueue(TopicExchange exchange, String key) {
    Queue queue = new Queue("producer-it-" + UUID.randomUUID(), false, /* exclusive= */ true, true);
    AmqpAdmin admin = producer().bean(AmqpAdmin.class);
    admin.declareQueue(queue);
    admin.declareBinding(BindingBuilder.bind(queue).to(exchange).with(key));
    return queue;
  }

  private static List<Message> receiveAll(Queue queue) {
    RabbitTemplate rabbit = producer().bean(RabbitTemplate.class);
    return Stream.generate(() -> rabbit.receive(queue.getName()))
        .takeWhile(Objects::nonNull)
        .toList();
  }

  @Test
  void pausedBatchIsNotCalledAndResumesWhereItStopped() throws Exception {
    String paused = producer().batch(RunningProducer.lines(70));
    String other = producer().batch(RunningProducer.lines(30));
    await()
        .atMost(SOON)
        .until(() -> inBroker(paused) + inBroker(other) == RunningProducer.MAX_TASKS_IN_BROKER);

    JsonNode response =
        JSON.readTree(producer().send("POST", "/api/batches/" + paused + "/pause", "").body());
    assertThat(response.path("paused_at").isIntegralNumber()).isTrue();
    assertThat(response.path("paused_by").asString()).isEqualTo("manual");
    await().atMost(SOON).until(() -> inBroker(paused) == 0 && inBroker(other) == 30);
    awaitMessages(TASKS, 30); // the tasks are marked before
    try (FakeWorker worker = producer().worker()) {
      producer().finished(other);
      assertThat(producer().get("/api/batches/" + paused).path("queued").asLong()).isEqualTo(70);
      assertThat(producer().get("/v1/batches/" + paused).path("status").asString())
          .isEqualTo("in_progress");

      producer().send("POST", "/api/batches/" + paused + "/resume", "");
      JsonNode done = producer().finished(paused);
      assertThat(done.path("request_counts").path("completed").asLong()).isEqualTo(70);
      assertThat(worker.received).hasSize(100);
      assertThat(producer().get("/api/batches/" + paused).path("paused_at").isNull()).isTrue();
    }
    assertThat(producer().send("POST", "/api/batches/" + paused + "/pause", "").statusCode())
        .isEqualTo(409);
  }

  @Test
  void smallBatchDoesNotWaitForALargeOne() throws Exception {
    assertThat(positionOfLastTask(5, "", ""))
        .isLessThanOrEqualTo(RunningProducer.MAX_TASKS_IN_BROKER + 2 * 5);
  }

  @Test
  void fairQueueingWeighsTokens() throws Exception {
    // Each line has about ten times the tokens of a line of the large batch.
    assertThat(positionOfLastTask(10, "", "\"max_tokens\":2700,"))
        .isBetween(
            RunningProducer.MAX_TASKS_IN_BROKER + 80, RunningProducer.MAX_TASKS_IN_BROKER + 120);
  }

  @Test
  void fairQueueingWeighsPriority() throws Exception {
    assertThat(positionOfLastTask(100, "\"priority\":40,", ""))
        .isBetween(
            RunningProducer.MAX_TASKS_IN_BROKER + 120, RunningProducer.MAX_TASKS_IN_BROKER + 130);
  }

  /**
   * The position of a small batch's last task among all received tasks, if a large batch has filled
   * the broker before.
   *
   * @param extra additional members of the create request
   * @param weight additional members of each line
   */
  private static int positionOfLastTask(int lines, String extra, String weight) throws Exception {
    String large = producer().batch(RunningProducer.lines(500));
    await().atMost(SOON).until(() -> inBroker(large) == RunningProducer.MAX_TASKS_IN_BROKER);
    String small =
        producer()
            .batch(
                RunningProducer.lines(lines).replace("\"messages\"", weight + "\"messages\""),
                extra);
    await().atMost(SOON).until(() -> producer().status(small).equals("in_progress"));
    try (FakeWorker worker = producer().worker()) {
      producer().finished(small);
      assertThat(producer().get("/api/batches/" + large).path("queued").asLong()).isPositive();
      producer().finished(large);
      assertThat(worker.received).hasSize(500 + lines);
      return 1
          + worker.received.stream().map(task -> task.ids().batchId()).toList().lastIndexOf(small);
    }
  }

  @Test
  void taskThatIsPublishedTwiceFinishesOnce() throws Exception {
    String batch = producer().batch(RunningProducer.lines(20));
    await().atMost(SOON).until(() -> inBroker(batch) == 20);
    // As if the publication was unconfirmed and then considered lost.
    producer()
        .jdbc()
        .sql(
            """
            with back as (update tasks set state = 'queued' where batch_id = :id returning id)
            update shares set queued = queued + submitted, submitted = 0 where batch_id = :id""")
        .param("id", RunningProducer.uuid(batch))
        .update();
    awaitMessages(TASKS, 40);
    try (FakeWorker worker = producer().worker()) {
      JsonNode done = producer().finished(batch);
      await().atMost(SOON).until(() -> worker.received.size() == 40);
      assertThat(done.path("request_counts").path("completed").asLong()).isEqualTo(20);
      assertThat(content(done, "output_file_id").lines()).hasSize(20);
    }
    assertThat(producer().get("/api/batches/" + batch).path("prompt_tokens").asLong())
        .isEqualTo(200);
  }

  @Test
  void resultsAreReadWhileTheBatchRuns() throws Exception {
    String lines =
        RunningProducer.line("late", "a")
            + RunningProducer.line("refused", "b")
            + RunningProducer.line("good", "c");
    String batch = producer().batch(lines);
    await().atMost(SOON).until(() -> producer().status(batch).equals("in_progress"));
    assertThat(results(batch, "")).isEmpty();
    AtomicReference<@Nullable TaskMessage> late = new AtomicReference<>();
    try (FakeWorker worker =
        producer()
            .worker(
                task -> {
                  if (task.ids().customId().equals("late")) {
                    late.set(task);
                    return List.of();
                  }
                  return byCustomId(task);
                })) {
      await().atMost(SOON).until(() -> results(batch, "").size() == 2);
      JsonNode first = results(batch, "?limit=1").getFirst();
      JsonNode second = results(batch, "?after=" + cursor(first)).getFirst();
      assertThat(List.of(first, second))
          .extracting(result -> result.path("custom_id").asString())
          .containsExactlyInAnyOrder("refused", "good");
      assertThat(List.of(first, second))
          .extracting(result -> result.path("response").path("status_code").asInt())
          .containsExactlyInAnyOrder(400, 200);
      assertThat(producer().status(batch)).isEqualTo("in_progress");
      assertThat(results(batch, "?after=" + cursor(second))).isEmpty();

      OutcomeMessage last = FakeWorker.completed(Objects.requireNonNull(late.get()));
      producer()
          .bean(RabbitTemplate.class)
          .send(Exchanges.OUTCOMES, last.routingKey(), OutcomeCodec.write(last));
      producer().finished(batch);

      assertThat(worker.received).hasSize(3);
      assertThat(results(batch, "?after=" + cursor(second)))
          .singleElement()
          .satisfies(result -> assertThat(result.path("custom_id").asString()).isEqualTo("late"));
    }
    HttpResponse<String> invalid =
        producer().send(producer().request("/api/batches/" + batch + "/results?after=x"));
    assertThat(invalid.statusCode()).isEqualTo(400);
    assertThat(invalid.body())
        .contains("Invalid value for 'after': 'x'. It must be the 'sluice.cursor' of a result");
  }

  @Test
  void identicalRequestsAreAnsweredWithStoredResults() throws Exception {
    String same = RunningProducer.line("same", "reused prompt");
    String cutOff = RunningProducer.line("long", "an answer that is cut off");
    String failed = RunningProducer.line("refused", "a request that fails");
    try (FakeWorker worker = producer().worker(ProducerIT::firstAnswers)) {
      producer().finished(producer().batch(same + cutOff + failed));
      JsonNode notReused = producer().finished(producer().batch(same));
      assertThat(worker.received).as("off by default").hasSize(4);
      assertThat(notReused.path("sluice").path("reused").asLong()).isZero();

      String changed = RunningProducer.line("changed", "another prompt");
      String again = same.replace("\"same\"", "\"same again\"") + cutOff + failed + changed;
      JsonNode done = producer().finished(producer().batch(again, "\"reuse\":\"7d\","));

      assertThat(worker.received).as("all but the same request are called").hasSize(7);
      assertThat(done.path("request_counts").toString())
          .isEqualTo("{\"total\":4,\"completed\":3,\"failed\":1}");
      assertThat(done.path("sluice").path("reused").asLong()).isEqualTo(1);
      assertThat(done.path("usage").path("input_tokens").asLong()).isEqualTo(30);
      List<JsonNode> output = content(done, "output_file_id").lines().map(JSON::readTree).toList();
      assertThat(output.getFirst().path("custom_id").asString()).isEqualTo("same again");
      assertThat(output.getFirst().path("response").path("body").toString())
          .isEqualTo("{\"echo\":\"same\"}");
      assertThat(output)
          .extracting(line -> line.path("sluice").path("reused").asBoolean(false))
          .containsExactly(true, false, false);
    }
  }

  @Test
  void batchOfStoredResultsCompletesWithoutAWorkerOrCost() throws Exception {
    String lines = RunningProducer.line("a", "only stored") + RunningProducer.line("b", "results");
    try (FakeWorker worker = producer().worker()) {
      producer().finished(producer().batch(lines));
      assertThat(worker.received).hasSize(2);
    }

    String batch = producer().batch(lines, "\"reuse\":\"1h\",");
    JsonNode done = producer().finished(batch);

    assertThat(done.path("status").asString()).isEqualTo("completed");
    assertThat(done.path("usage").path("total_tokens").asLong()).isZero();
    assertThat(results(batch, ""))
        .hasSize(2)
        .allMatch(result -> result.path("sluice").path("reused").asBoolean(false));
    JsonNode progress = producer().get("/api/batches/" + batch);
    assertThat(progress.path("reused").asLong()).isEqualTo(2);
    assertThat(progress.path("queued").asLong()).isZero();
    assertThat(producer().send(producer().request("/actuator/prometheus")).body())
        .contains("sluice_tasks_reused_total{route=\"producer-it\"}");
  }

  @Test
  void resultsThatAreTooOldOrOfAnotherProjectAreNotReused() throws Exception {
    String line = RunningProducer.line("a", "an old result");
    try (FakeWorker worker = producer().worker()) {
      String old = producer().batch(line);
      producer().finished(old);
      String ofAnother = "update batches set project = 'another' where id = :id";
      producer().jdbc().sql(ofAnother).param("id", RunningProducer.uuid(old)).update();
      String second = producer().batch(line, "\"reuse\":\"1h\",");
      producer().finished(second);
      assertThat(worker.received).hasSize(2);

      producer()
          .jdbc()
          .sql(
              "update tasks set finished_at = finished_at - interval '61 minutes' where batch_id = :id")
          .param("id", RunningProducer.uuid(second))
          .update();
      producer().finished(producer().batch(line, "\"reuse\":\"1h\","));
      assertThat(worker.received).hasSize(3);
    }
  }

  @Test
  void batchWithACheckReusesOnlyAnswersThatFitItsSchema() throws Exception {
    String line = RunningProducer.line("a", "an answer with a schema");
    String reuse = "\"reuse\":\"1h\",";
    String check = reuse + "\"check\":{\"schema\":{\"type\":\"object\"}},";
    try (FakeWorker unchecked = producer().worker()) {
      producer().finished(producer().batch(line));
      producer().finished(producer().batch(line, check));
      assertThat(unchecked.received).hasSize(2);
    }
    try (FakeWorker worker = producer().worker(ProducerIT::checked)) {
      producer().finished(producer().batch(line, check));
      assertThat(worker.received).as("neither answer was checked by a worker").hasSize(1);

      producer().finished(producer().batch(line, check));
      assertThat(worker.received).hasSize(1);

      producer().finished(producer().batch(line, check.replace("object", "array")));
      assertThat(worker.received).as("another schema").hasSize(2);
    }
  }

  private static List<OutcomeMessage> checked(TaskMessage task) {
    return List.of(FakeWorker.completed(task).withCheck(CheckResult.fits(1)));
  }

  private static List<OutcomeMessage> firstAnswers(TaskMessage task) {
    return task.ids().customId().equals("long") ? cutOffIfLong(task) : byCustomId(task);
  }

  private static List<JsonNode> results(String batch, String query)
      throws IOException, InterruptedException {
    return producer()
        .send(producer().request("/api/batches/" + batch + "/results" + query))
        .body()
        .lines()
        .map(JSON::readTree)
        .toList();
  }

  private static String cursor(JsonNode result) {
    return result.path("sluice").path("cursor").asString();
  }

  @Test
  void duplicateOutcomeCountsOnceAndExternalOnesAreIgnored() throws Exception {
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
      JsonNode done = producer().finished(batch);
      assertThat(worker.received).hasSize(10);
      assertThat(done.path("request_counts").toString())
          .isEqualTo("{\"total\":10,\"completed\":10,\"failed\":0}");
      assertThat(done.path("error_file_id").isNull()).isTrue();
    }
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(producer().send(producer().request("/actuator/prometheus")).body())
                    .contains("sluice_collect_ignored_total{reason=\"external\"} 1.0")
                    .contains("sluice_collect_ignored_total{reason=\"unreadable\"} 1.0")
                    .contains("sluice_dispatch_tasks_total{route=\"producer-it\"}"));
  }

  @Test
  void batchExpiresAfterItsCompletionWindow() throws Exception {
    String batch = producer().batch(RunningProducer.lines(70));
    await().atMost(SOON).until(() -> inBroker(batch) == RunningProducer.MAX_TASKS_IN_BROKER);
    producer()
        .jdbc()
        .sql("update batches set expires_at = created_at where id = :id")
        .param("id", RunningProducer.uuid(batch))
        .update();
    await()
        .atMost(SOON)
        .until(() -> producer().get("/api/batches/" + batch).path("expired").asLong() == 20);
    try (FakeWorker worker = producer().worker()) {
      JsonNode done = producer().finished(batch);
      assertThat(worker.received).hasSize(RunningProducer.MAX_TASKS_IN_BROKER);
      assertThat(done.path("status").asString()).isEqualTo("expired");
      assertThat(content(done, "error_file_id").lines())
          .hasSize(20)
          .allMatch(line -> line.contains("\"code\":\"batch_expired\""));
    }
  }

  @Test
  void filesOfAnySizeAreReturnedUnchanged() throws Exception {
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
  void errorsHaveOpenAisShape() throws Exception {
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
  void unreadableOrUnstorableRequestsAreRejected() throws Exception {
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
  void errorsOfTomcatHaveOpenAisShape() throws Exception {
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

  /** The response to a request head that HTTP clients refuse to send. */
  private static String raw(String head) throws IOException {
    int port =
        Integer.parseInt(
            Objects.requireNonNull(
                producer().context().getEnvironment().getProperty("local.server.port")));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      String response =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return response.endsWith("\r\n0")
          ? response.substring(0, response.length() - 3).strip()
          : response;
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
                  FakeWorker.stats(400),
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
    CallStats stats =
        new CallStats(1, 0, 200, requestId, tokens, tokens, latency, "fake", CallHistory.NONE);
    return OutcomeMessage.completed(task.ids(), stats, task.body());
  }

  private static List<OutcomeMessage> twiceThenFailed(TaskMessage task) {
    OutcomeMessage completed = FakeWorker.completed(task);
    Failure late = new Failure(FailureCode.DELIVERY_LIMIT, "late");
    return List.of(
        completed,
        completed,
        OutcomeMessage.failed(task.ids(), late, FakeWorker.stats(500), task.body()));
  }

  private static MessageProperties outcome(String id) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(id);
    properties.setHeader("sluice-outcome", "completed");
    return properties;
  }

  /** The content of a batch's file; asserts that the file object has its size. */
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

  private static void awaitMessages(String queue, int count) {
    AmqpAdmin admin = producer().bean(AmqpAdmin.class);
    await()
        .atMost(SOON)
        .until(() -> Objects.requireNonNull(admin.getQueueInfo(queue)).getMessageCount() == count);
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
