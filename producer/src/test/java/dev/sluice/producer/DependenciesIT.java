package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tasks that are made from the answers of others, with a real database and a fake worker. */
class DependenciesIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TWO_OFFERS =
      RunningProducer.line("a", "A") + RunningProducer.line("b", "B");

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
  void clear() {
    producer()
        .bean(AmqpAdmin.class)
        .purgeQueue(QueueNames.tasks(RunningProducer.ROUTE, Lane.BATCH));
    producer().jdbc().sql("truncate dead_letters, dead_acts, dead_jobs").update();
  }

  @Test
  void dependentTaskHasTheAnswersInItsBody() throws Exception {
    String lines =
        TWO_OFFERS
            + line("compare", "A: {{answer:1}} B: {{answer:2}}", "{\"depends_on\":[\"a\",\"b\"]}");
    try (FakeWorker worker = worker(task -> false)) {
      String batch = producer().batch(lines);
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("request_counts").path("completed").asInt()).isEqualTo(3);
      assertThat(worker.received).hasSize(3);
      TaskMessage last = worker.received.getLast();
      assertThat(last.ids().customId()).isEqualTo("compare");
      assertThat(prompt(last)).isEqualTo("A: \"answer\" of a B: \"answer\" of b");
      assertThat(counters(batch)).isEqualTo("0/0/0");
    }
  }

  @Test
  void answerIsStoredOnlyTogetherWithTheReleaseOfItsDependent() throws Exception {
    producer()
        .jdbc()
        .sql(
            """
            create function refuse() returns trigger language plpgsql as $$
            begin raise exception 'refused' using errcode = '40001'; end $$;
            create trigger refuse_release before update of state on tasks for each row
              when (old.state = 'blocked' and new.state = 'queued') execute function refuse()""")
        .update();
    String batch;
    try (FakeWorker worker = worker(task -> false)) {
      try {
        batch =
            producer()
                .batch(TWO_OFFERS + line("c", "{{answers}}", "{\"depends_on\":[\"a\",\"b\"]}"));
        await().atMost(SOON).until(() -> worker.received.size() == 2);
        assertThat(count(batch, "completed")).isLessThan(2);
      } finally {
        producer()
            .jdbc()
            .sql("drop trigger refuse_release on tasks; drop function refuse()")
            .update();
      }
      assertThat(producer().finished(batch).path("request_counts").path("completed").asInt())
          .isEqualTo(3);
      assertThat(worker.received).as("no call is repeated").hasSize(3);
    }
  }

  @Test
  void longDocumentIsSplitAndItsAnswersAreCombined() throws Exception {
    String text = sentences(400);
    try (FakeWorker worker = worker(task -> false)) {
      String batch =
          producer().batch(line("book.txt", text, split("fail")) + RunningProducer.line("s", "S"));
      producer().finished(batch);
      Map<String, String> prompts =
          worker.received.stream()
              .collect(Collectors.toMap(task -> task.ids().customId(), DependenciesIT::prompt));
      int parts = prompts.size() - 2;
      assertThat(parts).isBetween(3, 20);
      assertThat(prompts.keySet())
          .contains("book.txt", "s")
          .containsAll(
              IntStream.rangeClosed(1, parts)
                  .mapToObj(i -> "book.txt#" + i + "/" + parts)
                  .toList());
      assertThat(prompts.get("book.txt"))
          .contains("[part 1]\n\"answer\" of book.txt#1/" + parts, "[part " + parts + "]\n");
      JsonNode documents = producer().get("/api/batches/" + batch).path("documents");
      assertThat(documents.path("total").asInt()).isEqualTo(2);
      assertThat(documents.path("finished").asInt()).isEqualTo(2);
      assertThat(documents.path("split").asInt()).isEqualTo(1);
      assertThat(documents.path("parts").asInt()).isEqualTo(parts);
      assertThat(documents.path("parts_finished").asInt()).isEqualTo(parts);
      assertThat(counters(batch)).isEqualTo("0/0/0");
    }
  }

  @Test
  void documentInSectionsIsOneDocumentBesideAShortOne() throws Exception {
    String sections = "{\"depends_on\":[\"s1\",\"s2\"],\"partial\":\"keep\"}";
    try (FakeWorker worker = worker(task -> task.ids().customId().startsWith("s2#1/"))) {
      String batch =
          producer()
              .batch(
                  line("s1", sentences(200), split("keep"))
                      + line("s2", sentences(200), split("keep"))
                      + line("book", "{{answers}}", sections)
                      + RunningProducer.line("short", "S"));
      producer().finished(batch);
      long parts =
          worker.received.stream().filter(task -> task.ids().customId().contains("#")).count();
      JsonNode documents = producer().get("/api/batches/" + batch).path("documents");
      assertThat(documents.path("total").asInt()).isEqualTo(2);
      assertThat(documents.path("finished").asInt()).isEqualTo(2);
      assertThat(documents.path("split").asInt()).isEqualTo(1);
      assertThat(documents.path("parts").asLong()).isEqualTo(parts);
      assertThat(documents.path("parts_finished").asLong()).isEqualTo(parts);
      assertThat(documents.path("partial").asInt()).isEqualTo(1);
    }
  }

  @Test
  void answersThatDoNotFitAreCombinedInLevels() throws Exception {
    String words = "words of a long answer ".repeat(10);
    try (FakeWorker worker =
        worker(
            task -> false,
            task ->
                task.ids().customId().contains("#2:") ? "short" : words + prompt(task).length())) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        lines.append(RunningProducer.line("p" + i, "part " + i));
      }
      lines.append(
          line(
              "all",
              "{{answers}}",
              "{\"depends_on\":[%s],\"max_tokens\":200}"
                  .formatted(
                      IntStream.range(0, 8)
                          .mapToObj(i -> "\"p" + i + "\"")
                          .collect(Collectors.joining(",")))));
      String batch = producer().batch(lines.toString());
      JsonNode finished = producer().finished(batch);
      List<String> second =
          worker.received.stream()
              .map(task -> task.ids().customId())
              .filter(id -> id.startsWith("all#2:"))
              .toList();
      assertThat(second).hasSizeBetween(2, 4);
      assertThat(finished.path("request_counts").path("total").asInt())
          .isEqualTo(9 + second.size());
      assertThat(finished.path("request_counts").path("completed").asInt())
          .isEqualTo(9 + second.size());
      assertThat(prompt(worker.received.getLast()).strip()).isEqualTo("short\n\nshort\n\nshort");
      JsonNode documents = producer().get("/api/batches/" + batch).path("documents");
      assertThat(documents.path("total").asInt()).isEqualTo(1);
      assertThat(documents.path("finished").asInt()).isEqualTo(1);
      assertThat(documents.path("parts").asInt()).isEqualTo(8);
      assertThat(documents.path("parts_finished").asInt()).isEqualTo(8);
    }
  }

  @Test
  void levelsThatDoNotGetShorterFail() throws Exception {
    try (FakeWorker worker = worker(task -> false, task -> "words of an answer ".repeat(30))) {
      String batch =
          producer()
              .batch(
                  TWO_OFFERS
                      + line(
                          "c", "{{answers}}", "{\"depends_on\":[\"a\",\"b\"],\"max_tokens\":150}"));
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("status").asString()).isEqualTo("completed");
      assertThat(producer().content(finished.path("error_file_id").asString()))
          .contains("\"custom_id\":\"c\"", "\"code\":\"does_not_converge\"");
      assertThat(worker.received).hasSize(2);
    }
  }

  @Test
  void failedPartFailsTheDocumentAndItsReplayRevivesIt() throws Exception {
    boolean[] fixed = {false};
    try (FakeWorker worker = worker(task -> task.ids().customId().equals("b") && !fixed[0])) {
      String batch =
          producer().batch(TWO_OFFERS + line("c", "{{answers}}", "{\"depends_on\":[\"a\",\"b\"]}"));
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("request_counts").path("failed").asInt()).isEqualTo(2);
      assertThat(producer().content(finished.path("error_file_id").asString()))
          .contains("\"code\":\"part_failed\"", "b (invalid_request)");

      fixed[0] = true;
      replayTheDeadLetter();
      await().atMost(SOON).until(() -> count(batch, "completed") == 3);
      assertThat(prompt(worker.received.getLast())).contains("of a\n\n", "of b");
      assertThat(count(batch, "failed")).isZero();
      assertThat(counters(batch)).isEqualTo("0/0/0");
    }
  }

  @Test
  void keptDocumentNamesTheMissingPart() throws Exception {
    try (FakeWorker worker = worker(task -> task.ids().customId().startsWith("book#2/"))) {
      String batch = producer().batch(line("book", sentences(400), split("keep")));
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("request_counts").path("failed").asInt()).isEqualTo(1);
      JsonNode result =
          producer()
              .content(finished.path("output_file_id").asString())
              .lines()
              .map(JSON::readTree)
              .filter(line -> line.path("custom_id").asString().equals("book"))
              .findFirst()
              .orElseThrow();
      assertThat(result.path("sluice").path("partial").asBoolean()).isTrue();
      assertThat(result.path("sluice").path("missing").get(0).asString()).isEqualTo("part 2");
      assertThat(prompt(worker.received.getLast())).contains("[part 2 is missing");
    }
  }

  @Test
  void keptDocumentIsMadeAgainWhenItsMissingPartCompletes() throws Exception {
    boolean[] fixed = {false};
    try (FakeWorker worker = worker(task -> task.ids().customId().equals("b") && !fixed[0])) {
      String batch = keptBatch();
      producer().finished(batch);
      JsonNode partial = task(batch, "c");
      assertThat(partial.path("state").asString()).isEqualTo("completed");
      assertThat(partial.path("missing").get(0).asString()).isEqualTo("b");
      assertThat(partialDocuments(batch)).isEqualTo(1);
      assertThat(
              producer()
                  .get("/api/tasks/" + partial.path("id").asString() + "/why")
                  .path("sentence")
                  .asString())
          .isEqualTo(
              "Not waiting; its answer was made without b. When such a part is replayed and completes, it is made again.");

      replayTheDeadLetter();
      await().atMost(SOON).until(() -> worker.received.size() == 4);
      await().atMost(SOON).until(() -> count(batch, "failed") == 1);
      assertThat(partialDocuments(batch)).as("the replay has failed, too").isEqualTo(1);
      assertThat(count(batch, "completed")).isEqualTo(2);

      fixed[0] = true;
      replayTheDeadLetter();
      await().atMost(SOON).until(() -> count(batch, "completed") == 3);
      assertThat(prompt(worker.received.getLast())).contains("of a\n\n", "of b");
      assertThat(worker.received).as("a, c once more, and b three times").hasSize(6);
      assertThat(task(batch, "c").path("missing")).isEmpty();
      assertThat(partialDocuments(batch)).isZero();
      assertThat(count(batch, "failed")).isZero();
      assertThat(counters(batch)).isEqualTo("0/0/0");
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(output(batch)).contains("\"c\"", "\"b\"").doesNotContain("partial"));
    }
  }

  @Test
  void partialAnswerStaysUntilTheNextAnswerReplacesIt() throws Exception {
    Set<String> failing = ConcurrentHashMap.newKeySet();
    failing.add("b");
    try (FakeWorker worker = worker(task -> failing.contains(task.ids().customId()))) {
      String batch = keptBatch();
      producer().finished(batch);
      failing.remove("b");
      failing.add("c");
      replayTheDeadLetter();
      await()
          .atMost(SOON)
          .until(() -> task(batch, "c").path("failure_code").asString().equals("invalid_request"));
      JsonNode kept = task(batch, "c");
      assertThat(kept.path("state").asString()).isEqualTo("completed");
      assertThat(kept.path("missing").get(0).asString()).isEqualTo("b");
      assertThat(partialDocuments(batch)).isEqualTo(1);
      assertThat(count(batch, "completed")).isEqualTo(3);
      assertThat(count(batch, "failed")).isZero();
      assertThat(output(batch)).contains("\"c\"", "\"partial\":true,\"missing\":[\"b\"]");
      assertThat(
              producer()
                  .get("/api/tasks/" + kept.path("id").asString() + "/why")
                  .path("sentence")
                  .asString())
          .isEqualTo(
              "Not waiting; its answer was made without b. It could not be made again (invalid_request). Replay its dead letter, if it has one.");

      failing.clear();
      replayTheDeadLetter();
      await().atMost(SOON).until(() -> task(batch, "c").path("missing").isEmpty());
      assertThat(prompt(worker.received.getLast())).contains("of a\n\n", "of b");
      assertThat(task(batch, "c").path("failure_code").isNull()).isTrue();
      assertThat(partialDocuments(batch)).isZero();
      assertThat(count(batch, "completed")).isEqualTo(3);
      assertThat(counters(batch)).isEqualTo("0/0/0");
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(output(batch)).contains("\"c\"").doesNotContain("partial"));
    }
  }

  @Test
  void partialAnswerStaysWhileItIsMadeAgainAndIfItsBatchIsCancelled() throws Exception {
    Set<String> failing = ConcurrentHashMap.newKeySet();
    failing.addAll(List.of("a", "b"));
    Predicate<String> isHeld = id -> id.equals("slow") || (id.equals("b") && failing.isEmpty());
    try (FakeWorker worker =
        producer()
            .worker(
                task ->
                    isHeld.test(task.ids().customId())
                        ? List.of()
                        : List.of(outcome(task, failing.contains(task.ids().customId()))))) {
      String batch =
          producer()
              .batch(
                  TWO_OFFERS
                      + RunningProducer.line("d", "D")
                      + line(
                          "c",
                          "{{answers}}",
                          "{\"depends_on\":[\"a\",\"b\",\"d\"],\"partial\":\"keep\"}")
                      + RunningProducer.line("slow", "S"));
      await()
          .atMost(SOON)
          .until(() -> task(batch, "c").path("state").asString().equals("completed"));
      await().atMost(SOON).until(() -> deadLetters().size() == 2);
      failing.clear();
      replay(deadLetterOf("b"));
      replay(deadLetterOf("a"));
      await().atMost(SOON).until(() -> task(batch, "c").path("state").asString().equals("blocked"));
      assertThat(results(batch)).contains("\"c\"", "\"missing\":[\"a\",\"b\"]");

      producer().send("POST", "/v1/batches/" + batch + "/cancel", "");
      await()
          .atMost(SOON)
          .until(() -> task(batch, "c").path("state").asString().equals("completed"));
      assertThat(task(batch, "c").path("failure_code").asString()).isEqualTo("cancelled");
      assertThat(results(batch)).contains("\"c\"", "\"missing\":[\"a\",\"b\"]");
      assertThat(count(batch, "blocked")).isZero();
      assertThat(worker.received)
          .as("c was called once")
          .filteredOn(task -> task.ids().customId().equals("c"))
          .hasSize(1);
      assertThat(
              producer()
                  .jdbc()
                  .sql("select next_missing from dependents where batch_id = :id")
                  .param("id", RunningProducer.uuid(batch))
                  .query((row, index) -> row.getString("next_missing"))
                  .list())
          .as("a replay of c has its old request, which is without a and b")
          .containsExactly((String) null);
    }
  }

  @Test
  void keptAnswerIsMadeAgainWhenAPartOfItsNewRequestCompletes() throws Exception {
    boolean[] fixed = {false};
    try (FakeWorker worker = worker(task -> task.ids().customId().equals("b") && !fixed[0])) {
      String batch = keptBatch();
      producer().finished(batch);
      String id = task(batch, "c").path("id").asString();
      // As after a new request that was not made, because one of its levels has failed.
      update("update tasks set failure_code = 'part_failed' where id = :id", id);
      update("update dependencies set incomplete = null where dependent = :id", id);
      update("update dependents set next_missing = '[]' where task_id = :id", id);
      fixed[0] = true;

      replayTheDeadLetter();

      await().atMost(SOON).until(() -> task(batch, "c").path("missing").isEmpty());
      assertThat(prompt(worker.received.getLast())).contains("of a\n\n", "of b");
      assertThat(task(batch, "c").path("failure_code").isNull()).isTrue();
      assertThat(count(batch, "completed")).isEqualTo(3);
      assertThat(count(batch, "failed")).isZero();
      assertThat(counters(batch)).isEqualTo("0/0/0");
    }
  }

  private static void update(String sql, String id) {
    assertThat(producer().jdbc().sql(sql).param("id", UUID.fromString(id)).update()).isPositive();
  }

  @Test
  void keptDocumentInLevelsIsMadeAgainFromItsParts() throws Exception {
    boolean[] fixed = {false};
    String words = "words of a long answer ".repeat(10);
    try (FakeWorker worker =
        worker(
            task -> task.ids().customId().equals("p3") && !fixed[0],
            task -> task.ids().customId().startsWith("all#") ? "short" : words)) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        lines.append(RunningProducer.line("p" + i, "part " + i));
      }
      lines.append(
          line(
              "all",
              "{{answers}}",
              "{\"depends_on\":[%s],\"max_tokens\":200,\"partial\":\"keep\"}"
                  .formatted(
                      IntStream.range(0, 8)
                          .mapToObj(i -> "\"p" + i + "\"")
                          .collect(Collectors.joining(",")))));
      String batch = producer().batch(lines.toString());
      producer().finished(batch);
      assertThat(task(batch, "all").path("missing").get(0).asString()).isEqualTo("p3");

      fixed[0] = true;
      replayTheDeadLetter();
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                JsonNode all = task(batch, "all");
                assertThat(all.path("state").asString()).isEqualTo("completed");
                assertThat(all.path("missing")).isEmpty();
              });
      assertThat(worker.received)
          .filteredOn(task -> task.ids().customId().startsWith("all#4:"))
          .hasSizeBetween(2, 4)
          .noneMatch(task -> prompt(task).contains("is missing"));
      assertThat(count(batch, "completed")).isEqualTo(count(batch, "total"));
      assertThat(counters(batch)).isEqualTo("0/0/0");
      JsonNode documents = producer().get("/api/batches/" + batch).path("documents");
      assertThat(documents.path("total").asInt()).isEqualTo(1);
      assertThat(documents.path("parts").asInt()).isEqualTo(8);
    }
  }

  @Test
  void blockedTaskSaysWhatItWaitsForAndIsCancelledWithItsBatch() throws Exception {
    String batch =
        producer().batch(TWO_OFFERS + line("c", "{{answers}}", "{\"depends_on\":[\"a\",\"b\"]}"));
    await().atMost(SOON).until(() -> producer().status(batch).equals("in_progress"));
    JsonNode blocked =
        producer().get("/api/batches/" + batch + "/tasks?state=blocked").path("data").get(0);
    assertThat(blocked.path("custom_id").asString()).isEqualTo("c");
    assertThat(count(batch, "blocked")).isEqualTo(1);
    assertThat(count(batch, "queued") + count(batch, "in_broker")).isEqualTo(2);
    JsonNode why = producer().get("/api/tasks/" + blocked.path("id").asString() + "/why");
    assertThat(why.path("kind").asString()).isEqualTo("dependencies");
    assertThat(why.path("sentence").asString())
        .isEqualTo("Waits for the answers of 2 of 2 tasks: a, b.");

    producer().send("POST", "/v1/batches/" + batch + "/cancel", "");
    JsonNode finished = producer().finished(batch);
    assertThat(finished.path("status").asString()).isEqualTo("cancelled");
    await().atMost(SOON).until(() -> count(batch, "cancelled") == 3);
    assertThat(counters(batch)).isEqualTo("0/0/0");
  }

  @Test
  void blockedTasksExpireWithTheirBatch() throws Exception {
    String batch =
        producer().batch(TWO_OFFERS + line("c", "{{answers}}", "{\"depends_on\":[\"a\",\"b\"]}"));
    await().atMost(SOON).until(() -> producer().status(batch).equals("in_progress"));
    producer()
        .jdbc()
        .sql(
            "update batches set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second' where id = :id")
        .param("id", RunningProducer.uuid(batch))
        .update();
    try (FakeWorker expiring =
        producer()
            .worker(
                task ->
                    List.of(
                        OutcomeMessage.expired(
                            task.ids(), CallStats.none(0, 0, "fake"), task.body())))) {
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("status").asString()).isEqualTo("expired");
      assertThat(count(batch, "expired")).isEqualTo(3);
      assertThat(counters(batch)).isEqualTo("0/0/0");
      assertThat(expiring.received).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void storedResultsOfPartsAreReused() throws Exception {
    String offers = RunningProducer.line("a", "reuse A") + RunningProducer.line("b", "reuse B");
    try (FakeWorker worker = worker(task -> false)) {
      producer().finished(producer().batch(offers));
      int before = worker.received.size();
      String batch =
          producer()
              .batch(
                  offers + line("c", "{{answers}}", "{\"depends_on\":[\"a\",\"b\"]}"),
                  "\"reuse\":\"7d\",");
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("request_counts").path("completed").asInt()).isEqualTo(3);
      assertThat(worker.received).hasSize(before + 1);
      assertThat(prompt(worker.received.getLast())).contains("of a\n\n", "of b");
    }
  }

  @Test
  void estimateContainsPartsAndTheirCombination() throws Exception {
    byte[] file = line("book", sentences(400), split("fail")).getBytes(StandardCharsets.UTF_8);
    String id = JSON.readTree(producer().upload("in.jsonl", file).body()).path("id").asString();
    JsonNode estimate =
        JSON.readTree(
            producer()
                .send(
                    "POST",
                    "/api/estimate",
                    "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\"}"
                        .formatted(id))
                .body());
    assertThat(estimate.path("errors")).isEmpty();
    assertThat(estimate.path("tasks").asInt()).isBetween(4, 20);
  }

  @Test
  void invalidDependenciesAreNamed() throws Exception {
    String lines =
        line("c", "{{answers}}", "{\"depends_on\":[\"later\"]}")
            + RunningProducer.line("later", "L")
            + line("d", "no placeholder", "{\"depends_on\":[\"later\"]}")
            + line("e", "{{answer:2}}", "{\"depends_on\":[\"later\"],\"typo\":1}")
            + line("self", "{{answers}}", "{\"depends_on\":[\"self\"]}")
            + line("f", "x", "{\"split\":{\"context_tokens\":5}}");
    JsonNode finished = producer().finished(producer().batch(lines));
    assertThat(finished.path("status").asString()).isEqualTo("failed");
    assertThat(
            StreamSupport.stream(finished.path("errors").path("data").spliterator(), false)
                .map(error -> error.path("line").asInt() + " " + error.path("message").asString()))
        .containsExactly(
            "1 'sluice.depends_on' has \"later\", which is not the custom_id of an earlier line.",
            "3 The body has no placeholder for the answers; write {{answers}}, or {{answer:1}} to {{answer:1}}.",
            "4 'sluice.typo' is not supported; the members are split, or depends_on, labels, partial and max_tokens.",
            "5 'sluice.depends_on' has \"self\", which is not the custom_id of an earlier line.",
            "6 'sluice.split.context_tokens' (5) must be an integer of at least 500, the context length of the model.");
  }

  private static String split(String partial) {
    return "{\"split\":{\"context_tokens\":1000,\"partial\":\"%s\"}}".formatted(partial);
  }

  private static String sentences(int count) {
    return IntStream.range(0, count)
        .mapToObj("Sentence %d has words."::formatted)
        .collect(Collectors.joining(" "));
  }

  private static String line(String customId, String prompt, String extension) {
    String line = RunningProducer.line(customId, prompt).strip();
    return line.substring(0, line.length() - 1) + ",\"sluice\":" + extension + "}\n";
  }

  /** Creates a batch whose task c is made from the answers of a and b, as far as there are any. */
  private static String keptBatch() throws Exception {
    return producer()
        .batch(
            TWO_OFFERS
                + line("c", "{{answers}}", "{\"depends_on\":[\"a\",\"b\"],\"partial\":\"keep\"}"));
  }

  private static FakeWorker worker(Predicate<TaskMessage> isFailing) {
    return worker(isFailing, task -> "\"answer\" of " + task.ids().customId());
  }

  private static FakeWorker worker(
      Predicate<TaskMessage> isFailing, Function<TaskMessage, String> answer) {
    return producer()
        .worker(
            task ->
                List.of(
                    isFailing.test(task)
                        ? failed(task)
                        : OutcomeMessage.completed(
                            task.ids(), FakeWorker.stats(200), reply(answer.apply(task)))));
  }

  private static OutcomeMessage failed(TaskMessage task) {
    return OutcomeMessage.failed(
        task.ids(),
        new Failure(FailureCode.INVALID_REQUEST, "no"),
        FakeWorker.stats(400),
        task.body());
  }

  private static OutcomeMessage outcome(TaskMessage task, boolean failing) {
    return failing
        ? failed(task)
        : OutcomeMessage.completed(
            task.ids(), FakeWorker.stats(200), reply("answer of " + task.ids().customId()));
  }

  private static Payload reply(String text) {
    return Payload.of(
        "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":%s}}]}"
            .formatted(JSON.writeValueAsString(text)));
  }

  private static String prompt(TaskMessage task) {
    return JSON.readTree(task.body().bytes()).path("messages").get(0).path("content").asString();
  }

  private static void replayTheDeadLetter() throws Exception {
    await().atMost(SOON).until(() -> deadLetters().size() == 1);
    replay(deadLetters().get(0));
  }

  private static void replay(JsonNode deadLetter) throws Exception {
    String id = deadLetter.path("id").asString();
    producer().send("POST", "/api/dead-letters/" + id + "/replay", "{\"reason\":\"a test\"}");
  }

  private static JsonNode task(String batch, String customId) throws Exception {
    return producer()
        .get("/api/batches/" + batch + "/tasks?limit=200")
        .path("data")
        .valueStream()
        .filter(task -> task.path("custom_id").asString().equals(customId))
        .findFirst()
        .orElseThrow();
  }

  private static long partialDocuments(String batch) throws Exception {
    return producer().get("/api/batches/" + batch).path("documents").path("partial").asLong();
  }

  private static String output(String batch) throws Exception {
    return producer()
        .content(producer().get("/api/batches/" + batch).path("output_file_id").asString());
  }

  private static JsonNode deadLetterOf(String customId) throws Exception {
    return deadLetters()
        .valueStream()
        .filter(deadLetter -> deadLetter.path("custom_id").asString().equals(customId))
        .findFirst()
        .orElseThrow();
  }

  private static String results(String batch) throws Exception {
    return producer().send("GET", "/api/batches/" + batch + "/results", "").body();
  }

  private static JsonNode deadLetters() throws Exception {
    return producer().get("/api/dead-letters").path("data");
  }

  private static long count(String batch, String member) throws Exception {
    return producer().get("/api/batches/" + batch).path(member).asLong();
  }

  /** Queued, submitted and blocked tasks. */
  private static String counters(String batch) {
    return producer()
        .jdbc()
        .sql(
            "select sum(queued) || '/' || sum(submitted) || '/' || sum(blocked) from shares where batch_id = :id")
        .param("id", RunningProducer.uuid(batch))
        .query(String.class)
        .single();
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
