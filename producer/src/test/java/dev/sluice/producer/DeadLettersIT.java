package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DeadLettersIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String WHY = "\"reason\":\"a test\"";

  @TempDir private static Path directory;
  private static RunningProducer producer;

  @BeforeAll
  static void start() {
    producer = RunningProducer.start(directory.resolve("postgres"), "sluice.retention.interval=1s");
  }

  @AfterAll
  static void stop() {
    producer.close();
  }

  @BeforeEach
  void emptyDesk() {
    AmqpAdmin admin = producer.bean(AmqpAdmin.class);
    admin.purgeQueue(QueueNames.tasks(RunningProducer.ROUTE, Lane.BATCH));
    producer.jdbc().sql("truncate dead_letters, dead_acts, dead_jobs").update();
  }

  @Test
  void aReplayedTaskLandsInItsBatch() throws Exception {
    AtomicBoolean mended = new AtomicBoolean();
    try (FakeWorker worker = failing(task -> isLine(task, 1) && !mended.get())) {
      String batch = producer.batch(RunningProducer.lines(3));
      JsonNode before = producer.ended(batch);
      assertThat(before.path("request_counts").path("failed").asInt()).isEqualTo(1);
      JsonNode letter = onlyLetter();
      assertThat(letter.path("batch_id").asString()).isEqualTo(batch);
      assertThat(letter.path("custom_id").asString()).isEqualTo("line-1");
      assertThat(letter.path("failure_code").asString()).isEqualTo("invalid_request");
      assertThat(letter.path("model").asString()).isEqualTo("gpt-4o-mini");
      JsonNode calls =
          producer.get("/api/dead-letters/" + letter.path("id").asString()).path("history");
      assertThat(calls).hasSize(2);
      assertThat(calls.get(0).path("retry_after_ms").asLong()).isEqualTo(1_000);
      assertThat(calls.get(1).path("at").asString()).isEqualTo("2026-03-01T12:00:01Z");
      String task = "/api/tasks/" + letter.path("task_id").asString();
      assertThat(producer.get(task).path("history")).isEqualTo(calls);

      mended.set(true);
      JsonNode replayed = json(act(letter, "replay", "\"operator\":\"Ada\","));
      assertThat(replayed.path("state").asString()).isEqualTo("replayed");
      assertThat(replayed.path("request").asString()).contains("prompt 1");
      assertThat(replayed.path("audit").get(0).path("api_key").asString())
          .isEqualTo("administrator");
      assertThat(replayed.path("audit").get(0).path("operator").asString()).isEqualTo("Ada");
      assertThat(replayed.path("audit").get(0).path("reason").asString()).isEqualTo("a test");

      await()
          .atMost(SOON)
          .until(() -> producer.get("/v1/batches/" + batch).path("error_file_id").isNull());
      JsonNode after = producer.get("/v1/batches/" + batch);
      assertThat(after.path("status").asString()).isEqualTo("completed");
      assertThat(after.path("completed_at")).isEqualTo(before.path("completed_at"));
      assertThat(after.path("request_counts").path("completed").asInt()).isEqualTo(3);
      assertThat(after.path("request_counts").path("failed").asInt()).isZero();
      String output = after.path("output_file_id").asString();
      assertThat(producer.content(output)).contains("line-0", "line-1", "line-2");
      assertThat(producer.get("/v1/files/" + output).path("bytes").asLong())
          .isEqualTo(producer.content(output).length());
      TaskMessage second = worker.taken.getLast();
      assertThat(second.ids().taskId()).isEqualTo(letter.path("task_id").asString());
      assertThat(second.ids().run()).isEqualTo(2);
      assertThat(second.attempt()).isEqualTo(1);
    }
  }

  @Test
  void aBatchThatHadNoOutputGetsOneWhenItIsMended() throws Exception {
    AtomicBoolean mended = new AtomicBoolean();
    try (FakeWorker worker = failing(task -> !mended.get())) {
      String batch = producer.batch(RunningProducer.lines(2));
      assertThat(producer.ended(batch).path("output_file_id").isNull()).isTrue();
      await().atMost(SOON).until(() -> letters("").size() == 2);
      mended.set(true);
      act(letters("?custom_id=line-0").get(0), "replay", "");
      await()
          .atMost(SOON)
          .until(() -> !producer.get("/v1/batches/" + batch).path("output_file_id").isNull());
      JsonNode after = producer.get("/v1/batches/" + batch);
      assertThat(producer.content(after.path("output_file_id").asString())).contains("line-0");
      assertThat(producer.content(after.path("error_file_id").asString()))
          .contains("line-1")
          .doesNotContain("line-0");
      assertThat(worker.taken).hasSize(3);
    }
  }

  @Test
  void aLateCopyOfTheFirstFailureDoesNotEndTheReplay() throws Exception {
    List<TaskMessage> first = new ArrayList<>();
    String batch;
    try (FakeWorker worker =
        failing(
            task -> {
              first.add(task);
              return true;
            })) {
      batch = producer.batch(RunningProducer.line("late", "a prompt"));
      producer.ended(batch);
      assertThat(worker.taken).hasSize(1);
    }
    act(onlyLetter(), "replay", "");
    OutcomeMessage copy = refused(first.getFirst());
    send(Exchanges.OUTCOMES, copy.routingKey(), OutcomeCodec.write(copy));
    try (FakeWorker worker = producer.worker()) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  producer
                          .get("/v1/batches/" + batch)
                          .path("request_counts")
                          .path("completed")
                          .asInt()
                      == 1);
      assertThat(worker.taken).hasSize(1);
    }
    assertThat(letters("?state=replayed")).hasSize(1);
    assertThat(letters("")).isEmpty();
  }

  @Test
  void ofTwoReplaysAtOnceOneIsRefused() throws Exception {
    try (FakeWorker worker = failing(task -> task.ids().run() == 1)) {
      String batch = producer.batch(RunningProducer.line("twice", "a prompt"));
      producer.ended(batch);
      JsonNode letter = onlyLetter();
      Callable<Integer> replay = () -> act(letter, "replay", "").statusCode();
      List<Integer> answers = new ArrayList<>();
      try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<Integer> one : both.invokeAll(List.of(replay, replay))) {
          answers.add(one.get());
        }
      }
      assertThat(answers).containsExactlyInAnyOrder(200, 409);
      await().atMost(SOON).until(() -> worker.taken.size() == 2);
    }
  }

  @Test
  void aReplayMayChangeTheRequest() throws Exception {
    try (FakeWorker worker = failing(task -> task.ids().run() == 1)) {
      String batch = producer.batch(RunningProducer.line("edited", "a prompt"));
      producer.ended(batch);
      JsonNode letter = onlyLetter();
      assertThat(act(letter, "replay", "\"model\":\"nobodys\",").statusCode()).isEqualTo(400);
      assertThat(act(letter, "replay", "\"rout\":\"x\",").body()).contains("Unknown parameter");
      act(letter, "replay", "\"patch\":{\"max_tokens\":7,\"messages\":null},");
      await().atMost(SOON).until(() -> worker.taken.size() == 2);
      assertThat(worker.taken.getLast().body().text())
          .isEqualTo("{\"model\":\"gpt-4o-mini\",\"max_tokens\":7}");
    }
  }

  @Test
  void anotherModelTakesTheTaskToItsRoute() throws Exception {
    try (FakeWorker worker = failing(task -> true)) {
      String batch = producer.batch(RunningProducer.line("moved", "a prompt"));
      producer.ended(batch);
      act(onlyLetter(), "replay", "\"model\":\"gpt-4o\",");
      String queue = QueueNames.tasks(RunningProducer.OTHER_ROUTE, Lane.BATCH);
      RabbitTemplate template = new RabbitTemplate(producer.bean(ConnectionFactory.class));
      Message moved = template.receive(queue, SOON.toMillis());
      assertThat(moved).isNotNull();
      assertThat(new String(moved.getBody(), StandardCharsets.UTF_8))
          .contains("\"model\":\"gpt-4o\"");
      assertThat(worker.taken).hasSize(1);
    }
  }

  @Test
  void aJobReplaysWhatMatchesNoFasterThanItMay() throws Exception {
    AtomicBoolean mended = new AtomicBoolean();
    try (FakeWorker worker = failing(task -> !mended.get())) {
      String batch = producer.batch(RunningProducer.lines(12));
      producer.ended(batch);
      await().atMost(SOON).until(() -> letters("").size() == 12);
      mended.set(true);
      String order =
          "{\"action\":\"replay\",%s,\"filter\":{\"code\":\"invalid_request\",\"batch\":\"%s\"},\"limit\":9,\"per_second\":3%s}";
      JsonNode dry =
          json(
              producer.send(
                  "POST",
                  "/api/dead-letters/jobs",
                  order.formatted(WHY, batch, ",\"dry_run\":true")));
      assertThat(dry.path("matched").asInt()).isEqualTo(12);
      assertThat(letters("")).hasSize(12);
      long begun = System.nanoTime();
      JsonNode job =
          json(producer.send("POST", "/api/dead-letters/jobs", order.formatted(WHY, batch, "")));
      String path = "/api/dead-letters/jobs/" + job.path("id").asString();
      await()
          .atMost(SOON)
          .until(() -> producer.get(path).path("state").asString().equals("completed"));
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
      assertThat(producer.get(path).path("succeeded").asInt()).isEqualTo(9);
      assertThat(letters("")).hasSize(3);
      await()
          .atMost(SOON)
          .until(
              () ->
                  producer
                          .get("/v1/batches/" + batch)
                          .path("request_counts")
                          .path("completed")
                          .asInt()
                      == 9);
      assertThat(worker.taken).hasSize(21);
    }
  }

  @Test
  void aDiscardedLetterIsPutAway() throws Exception {
    try (FakeWorker worker = failing(task -> true)) {
      producer.ended(producer.batch(RunningProducer.line("gone", "a prompt")));
      assertThat(worker.taken).hasSize(1);
    }
    JsonNode letter = onlyLetter();
    assertThat(
            producer
                .send(
                    "POST", "/api/dead-letters/" + letter.path("id").asString() + "/discard", "{}")
                .statusCode())
        .isEqualTo(400);
    assertThat(json(act(letter, "discard", "")).path("state").asString()).isEqualTo("discarded");
    assertThat(letters("")).isEmpty();
    assertThat(act(letter, "replay", "").body()).contains("has already been discarded");
  }

  @Test
  void aCancelledBatchTakesNoReplay() throws Exception {
    AtomicBoolean answered = new AtomicBoolean();
    try (FakeWorker worker = failing(task -> !answered.getAndSet(true))) {
      String batch = producer.batch(RunningProducer.line("cancelled", "a prompt"));
      producer.ended(batch);
      assertThat(worker.taken).hasSize(1);
      producer
          .jdbc()
          .sql("update batches set status = 'cancelled' where id = :id")
          .param("id", RunningProducer.uuid(batch))
          .update();
      assertThat(act(onlyLetter(), "replay", "").body()).contains("status 'cancelled'");
    }
  }

  @Test
  void aProjectSeesItsOwnLettersOnly() throws Exception {
    try (FakeWorker worker = failing(task -> true)) {
      producer.ended(producer.batch(RunningProducer.line("mine", "a prompt")));
      assertThat(worker.taken).hasSize(1);
    }
    JsonNode letter = onlyLetter();
    RunningProducer others = producer.with(keyOf("others"));
    assertThat(others.get("/api/dead-letters").path("data")).isEmpty();
    assertThat(others.get("/api/dead-letters/stats").path("total").asInt()).isZero();
    String path = "/api/dead-letters/" + letter.path("id").asString();
    assertThat(others.send(others.request(path)).statusCode()).isEqualTo(404);
    assertThat(others.send("POST", path + "/replay", "{" + WHY + "}").statusCode()).isEqualTo(404);
    assertThat(
            others.get("/api/dead-letters?project=default").path("error").path("param").asString())
        .isEqualTo("project");
  }

  private static String keyOf(String project) throws Exception {
    String request = "{\"name\":\"Eve\",\"project\":\"%s\"}".formatted(project);
    return json(producer.send("POST", "/api/keys", request)).path("key").asString();
  }

  @Test
  void aLetterThatNothingCanBeDoneWithSaysWhyAndItsJobGoesOn() throws Exception {
    AtomicBoolean mended = new AtomicBoolean();
    try (FakeWorker worker = failing(task -> !mended.get())) {
      String batch = producer.batch(RunningProducer.lines(3));
      producer.ended(batch);
      await().atMost(SOON).until(() -> letters("").size() == 3);
      mended.set(true);
      producer
          .jdbc()
          .sql("update dead_letters set task_id = 'of no batch' where custom_id = 'line-1'")
          .update();

      JsonNode job =
          json(
              producer.send(
                  "POST",
                  "/api/dead-letters/jobs",
                  "{\"action\":\"replay\"," + WHY + ",\"filter\":{}}"));
      String path = "/api/dead-letters/jobs/" + job.path("id").asString();
      await()
          .atMost(SOON)
          .until(() -> producer.get(path).path("state").asString().equals("completed"));

      assertThat(producer.get(path).path("succeeded").asInt()).isEqualTo(2);
      assertThat(producer.get(path).path("rejected").asInt()).isEqualTo(1);
      assertThat(onlyLetter().path("last_rejection").asString())
          .isEqualTo(producer.get(path).path("last_rejection").asString())
          .contains("failed at it");
      await().atMost(SOON).until(() -> worker.taken.size() == 5);
    }
  }

  @Test
  void aReplayThatRunsOutOfTimeIsADeadLetterAgain() throws Exception {
    try (FakeWorker worker =
        producer.worker(
            task ->
                List.of(
                    task.ids().run() == 1
                        ? refused(task)
                        : OutcomeMessage.expired(task.ids(), FakeWorker.facts(0), task.body())))) {
      String batch = producer.batch(RunningProducer.line("late", "a prompt"));
      producer.ended(batch);
      act(onlyLetter(), "replay", "");
      await().atMost(SOON).until(() -> letters("").size() == 1);
      assertThat(worker.taken).hasSize(2);
      assertThat(onlyLetter().path("failure_code").asString()).isEqualTo("deadline_exceeded");
      assertThat(onlyLetter().path("run").asInt()).isEqualTo(2);
      await()
          .atMost(SOON)
          .until(
              () ->
                  producer.get("/v1/batches/" + batch).path("request_counts").path("failed").asInt()
                      == 1);
    }
  }

  @Test
  void aReplayThatWaitsWhenItsBatchExpiresIsADeadLetterAgain() throws Exception {
    String batch;
    try (FakeWorker worker =
        producer.worker(task -> isLine(task, 0) ? List.of(refused(task)) : List.of())) {
      batch = producer.batch(RunningProducer.lines(2));
      onlyLetter();
      assertThat(worker.taken).isNotEmpty();
    }
    producer.send("POST", "/api/batches/" + batch + "/pause", "");
    assertThat(act(onlyLetter(), "replay", "").statusCode()).isEqualTo(200);
    producer
        .jdbc()
        .sql("update batches set expires_at = now() where id = :id")
        .param("id", RunningProducer.uuid(batch))
        .update();
    JsonNode again = onlyLetter();
    assertThat(again.path("failure_code").asString()).isEqualTo("deadline_exceeded");
    assertThat(again.path("run").asInt()).isEqualTo(2);
    assertThat(producer.get("/v1/batches/" + batch).path("request_counts").path("failed").asInt())
        .isEqualTo(1);
  }

  @Test
  void settledLettersGoWhenTheyAreOldAndOthersStay() throws Exception {
    try (FakeWorker worker = failing(task -> true)) {
      producer.ended(producer.batch(RunningProducer.lines(3)));
      assertThat(worker.taken).hasSize(3);
    }
    await().atMost(SOON).until(() -> letters("").size() == 3);
    act(letters("?custom_id=line-0").get(0), "discard", "");
    act(letters("?custom_id=line-1").get(0), "discard", "");
    producer
        .jdbc()
        .sql(
            """
            update dead_letters set died_at = now() - interval '99 days',
              settled_at = case custom_id when 'line-0' then now() - interval '91 days'
                when 'line-1' then now() - interval '89 days' end""")
        .update();

    await().atMost(SOON).until(() -> letters("?state=discarded").size() == 1);

    assertThat(letters("?state=discarded").get(0).path("custom_id").asString()).isEqualTo("line-1");
    assertThat(onlyLetter().path("custom_id").asString()).isEqualTo("line-2");
    assertThat(producer.jdbc().sql("select count(*) from dead_acts").query(Long.class).single())
        .isEqualTo(1);
  }

  @Test
  void whatThePostgresRefusesIsStoredInPlainCharactersAndKeepsNobodyWaiting() throws Exception {
    refuse("custom_id !~ 'ü'");
    try {
      for (String name : List.of("one", "zwölf, für dich", "three")) {
        sendDead(name, name);
      }
      await().atMost(SOON).until(() -> letters("").size() == 3);
    } finally {
      accept();
    }
    JsonNode plain = letters("?custom_id=zw%3Flf, f%3Fr dich").path(0);
    assertThat(plain.path("failure_code").asString()).isEqualTo("invalid_request");
    assertThat(plain.path("failure").asString()).contains("Stored in part", "refused it");
    assertThat(
            producer
                .get("/api/dead-letters/" + plain.path("id").asString())
                .path("request")
                .asString())
        .isEqualTo("{\"name\":\"zwölf, für dich\"}");
  }

  @Test
  void whatCannotBeStoredAtAllWaitsInItsQueueAndKeepsNobodyWaiting() throws Exception {
    refuse("task_id <> 'never'");
    try {
      for (String id : List.of("one", "never", "three")) {
        sendDead(id, id);
      }
      await().atMost(SOON).until(() -> letters("").size() == 2);
    } finally {
      accept();
    }
    await().atMost(SOON).until(() -> letters("").size() == 3);
    JsonNode whole = letters("?task=never").get(0);
    assertThat(whole.path("failure").asString()).isEqualTo("{\"error\":{\"message\":\"no\"}}");
  }

  private static void refuse(String rule) {
    producer
        .jdbc()
        .sql(
            "alter table dead_letters add constraint of_the_test check (%s) not valid"
                .formatted(rule))
        .update();
  }

  private static void accept() {
    producer.jdbc().sql("alter table dead_letters drop constraint of_the_test").update();
  }

  @Test
  void peekShowsWhatIsNotTakenInAndLeavesItInItsPlace() throws Exception {
    SimpleMessageListenerContainer taker =
        producer.context().getBean("deadContainer", SimpleMessageListenerContainer.class);
    taker.stop();
    try {
      for (int i = 0; i < 12; i++) {
        sendDead("task-" + i, "name-" + i);
      }
      Callable<JsonNode> peek =
          () -> producer.get("/api/dead-letters/peek?route=" + RunningProducer.ROUTE);
      await().atMost(SOON).until(() -> peek.call().path("waiting").asInt() == 12);
      try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
        many.invokeAll(Collections.nCopies(8, peek)).forEach(seen -> assertThat(seen).isDone());
      }
      await().atMost(SOON).until(() -> peek.call().path("waiting").asInt() == 12);
      JsonNode seen = peek.call().path("dead_letters");
      assertThat(seen).hasSize(10);
      for (int i = 0; i < 10; i++) {
        assertThat(seen.get(i).path("task_id").asString()).isEqualTo("task-" + i);
      }
      assertThat(seen.get(3).path("request").asString()).isEqualTo("{\"name\":\"name-3\"}");
      assertThat(seen.get(3).path("failure_code").asString()).isEqualTo("invalid_request");
    } finally {
      taker.start();
    }
    await().atMost(SOON).until(() -> letters("").size() == 12);
    assertThat(letters("").get(0).path("task_id").asString()).isEqualTo("task-11");
    assertThat(letters("").get(11).path("task_id").asString()).isEqualTo("task-0");
  }

  @Test
  void theLettersOfARouteThatHasLeftTheSettingsAreTakenIn() throws Exception {
    String gone = "route-of-yesterday";
    AmqpAdmin admin = producer.bean(AmqpAdmin.class);
    admin.declareQueue(QueueBuilder.durable(QueueNames.deadLetters(gone)).quorum().build());
    try {
      sendDead(gone, "left", "left behind");
      String configured = "select count(*) from known_routes where name = 'producer-it'";
      assertThat(producer.jdbc().sql(configured).query(Long.class).single()).isEqualTo(1);
      producer.jdbc().sql("insert into known_routes values ('" + gone + "')").update();
      await().atMost(SOON).until(() -> letters("?route=" + gone).size() == 1);
      assertThat(act(onlyLetter(), "replay", "").body()).contains("There is no route", gone);
      assertThat(producer.get("/api/dead-letters/peek?route=" + gone).path("waiting").asInt())
          .isZero();
    } finally {
      producer.jdbc().sql("delete from known_routes where name = '" + gone + "'").update();
      producer
          .context()
          .getBean("deadContainer", SimpleMessageListenerContainer.class)
          .removeQueueNames(QueueNames.deadLetters(gone));
      admin.deleteQueue(QueueNames.deadLetters(gone));
    }
  }

  private static void sendDead(String id, String name) {
    sendDead(RunningProducer.ROUTE, id, name);
  }

  private static void sendDead(String route, String id, String name) {
    TaskIds ids = new TaskIds(id, null, "/v1/chat/completions", route, Lane.BATCH, name, null);
    Failure failure = new Failure(FailureCode.INVALID_REQUEST, "{\"error\":{\"message\":\"no\"}}");
    Payload request = Payload.of("{\"name\":\"%s\"}".formatted(name));
    OutcomeMessage dead = OutcomeMessage.failed(ids, failure, FakeWorker.facts(400), request);
    send("", QueueNames.deadLetters(route), OutcomeCodec.write(dead));
  }

  @Test
  void whatIsNoOutcomeArrivesAllTheSameAndTheNextOneToo() throws Exception {
    String dead = QueueNames.deadLetters(RunningProducer.ROUTE);
    send("", dead, new Message(new byte[] {0, (byte) 0xff, 1}));
    send("", dead, new Message(new byte[0]));
    send(
        "",
        dead,
        MessageBuilder.withBody("<xml/>".getBytes(StandardCharsets.UTF_8))
            .setContentType("text/xml")
            .setMessageId("x\0y")
            .setHeader("x-death", List.of(Map.of("reason", "rejected", "queue", "foreign")))
            .setHeader("sluice-attempt", "many")
            .setHeader("sluice-custom-id", "c".repeat(5000))
            .build());
    send(
        "",
        dead,
        MessageBuilder.withBody(new byte[20 * 1024 * 1024])
            .setHeader("sluice-outcome", "failed")
            .setHeader("sluice-run", "-7")
            .build());
    send("", dead, new Message(new byte[] {0, (byte) 0xff, 1}, new MessageProperties()));
    await().atMost(SOON).until(() -> letters("").size() == 4);
    JsonNode garbage = letters("?text=dead-lettered the task").get(0);
    assertThat(garbage.path("project").isNull()).isTrue();
    RunningProducer key = producer.with(keyOf("default"));
    assertThat(key.get("/api/dead-letters").path("data")).isEmpty();
    String path = "/api/dead-letters/" + garbage.path("id").asString();
    assertThat(key.send(key.request(path)).statusCode()).isEqualTo(404);
    assertThat(act(letters("?limit=1").get(0), "replay", "").body()).contains("no JSON object");
  }

  @Test
  void aTaskThatTheBrokerGivesUpArrivesAndCanBeReplayed() throws Exception {
    String queue = QueueNames.tasks(RunningProducer.ROUTE, Lane.BATCH);
    Message poison =
        MessageBuilder.withBody("{\"model\":\"gpt-4o-mini\"}".getBytes(StandardCharsets.UTF_8))
            .setMessageId("poison-1")
            .build();
    send(Exchanges.TASKS, RunningProducer.ROUTE, poison);
    new RabbitTemplate(producer.bean(ConnectionFactory.class))
        .execute(
            channel -> {
              returnUntilItIsGivenUp(channel, queue);
              return null;
            });
    JsonNode letter = onlyLetter();
    assertThat(letter.path("failure_code").asString()).isEqualTo("delivery_limit");
    assertThat(letter.path("task_id").asString()).isEqualTo("poison-1");
    try (FakeWorker worker = producer.worker()) {
      assertThat(act(letter, "replay", "").statusCode()).isEqualTo(200);
      await().atMost(SOON).until(() -> worker.taken.size() == 1);
      assertThat(worker.taken.getFirst().ids().run()).isEqualTo(2);
    }
  }

  private static void returnUntilItIsGivenUp(Channel channel, String queue) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              GetResponse one = channel.basicGet(queue, false);
              if (one != null) {
                channel.basicNack(one.getEnvelope().getDeliveryTag(), false, true);
              }
              return letters("").size() == 1;
            });
  }

  @Test
  void aPageOfAHundredThousandComesInUnderATenthOfASecond() throws Exception {
    producer
        .jdbc()
        .sql(
            """
            insert into dead_letters (id, project, task_id, run, digest, batch_id, custom_id, route,
              lane, endpoint, model, failure_code, failure_detail, attempts, throttles, worker,
              request, died_at)
            select gen_random_uuid(), 'p' || n % 3, 'task-' || n, 1, '\\x00', gen_random_uuid(),
              'line-' || n, 'route-' || n % 4, 'batch', '/v1/chat/completions', 'gpt-4o-mini',
              'code_' || n % 7, 'the error number ' || n || repeat(' of many words', 20), 1, 0, 'w',
              convert_to(repeat('{"a":"request"}', 100), 'UTF8'), now() - n * interval '1 second'
            from generate_series(1, 100000) n""")
        .update();
    producer.jdbc().sql("analyze dead_letters").update();
    String middle = producer.get("/api/dead-letters?limit=200").path("last_id").asString();
    for (String filter :
        List.of(
            "",
            "?limit=200",
            "?limit=200&after=" + middle,
            "?project=p1&route=route-2",
            "?code=code_3&limit=100",
            "?custom_id=line-77777",
            "?task=task-5",
            "?text=number 99999",
            "?text=matches%20nothing",
            "?until=1000")) {
      long fastest = Long.MAX_VALUE;
      for (int i = 0; i < 5; i++) {
        long begun = System.nanoTime();
        assertThat(
                producer
                    .get("/api/dead-letters" + filter.replace(" ", "%20"))
                    .path("object")
                    .asString())
            .isEqualTo("list");
        fastest = Math.min(fastest, System.nanoTime() - begun);
      }
      System.out.printf("/api/dead-letters%s: %d ms%n", filter, fastest / 1_000_000);
      assertThat(Duration.ofNanos(fastest)).as(filter).isLessThan(Duration.ofMillis(100));
    }
    long begun = System.nanoTime();
    assertThat(producer.get("/api/dead-letters/stats").path("total").asInt()).isEqualTo(100_000);
    System.out.printf("/api/dead-letters/stats: %d ms%n", (System.nanoTime() - begun) / 1_000_000);
  }

  private static FakeWorker failing(Predicate<TaskMessage> which) {
    return producer.worker(
        task -> List.of(which.test(task) ? refused(task) : FakeWorker.completed(task)));
  }

  private static OutcomeMessage refused(TaskMessage task) {
    Failure failure = new Failure(FailureCode.INVALID_REQUEST, "{\"error\":{\"message\":\"no\"}}");
    return OutcomeMessage.failed(task.ids(), failure, FakeWorker.facts(400), task.body());
  }

  private static boolean isLine(TaskMessage task, int number) {
    return task.ids().customId().equals("line-" + number);
  }

  private static void send(String exchange, String key, Message message) {
    new RabbitTemplate(producer.bean(ConnectionFactory.class)).send(exchange, key, message);
  }

  private static JsonNode onlyLetter() throws Exception {
    await().atMost(SOON).until(() -> letters("").size() == 1);
    return letters("").get(0);
  }

  private static JsonNode letters(String query) throws Exception {
    return producer.get("/api/dead-letters" + query.replace(" ", "%20")).path("data");
  }

  private static HttpResponse<String> act(JsonNode letter, String act, String members)
      throws Exception {
    return producer.send(
        "POST",
        "/api/dead-letters/" + letter.path("id").asString() + "/" + act,
        "{" + members + WHY + "}");
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }
}
