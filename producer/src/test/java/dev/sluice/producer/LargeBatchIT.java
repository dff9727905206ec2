package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.producer.store.BatchId;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Large batches in a database with wrong statistics: they show almost no queued task, and
 * autovacuum is off. Small batches run beside each large batch.
 */
class LargeBatchIT {
  private static final int TASKS = 200_000;
  private static final int DEAD_LETTERS = 100_000;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** The time of a small batch alone, on an idle machine. */
  private static final Duration USUAL_TIME = Duration.ofMillis(500);

  /** The limit for a small batch beside a large one, on an idle machine. */
  private static final Duration MAX_SMALL_BATCH_TIME = Duration.ofSeconds(3);

  /** The limit for pausing a large batch, on an idle machine. */
  private static final Duration MAX_PAUSE_TIME = Duration.ofSeconds(5);

  /** The limit for 400 of the replays, 200 per second, on an idle machine. */
  private static final Duration MAX_REPLAY_TIME = Duration.ofSeconds(20);

  private static final Duration SMALL_BATCH_INTERVAL = Duration.ofMillis(500);

  private static @Nullable RunningProducer producer;
  private static @Nullable FakeWorker worker;

  private final List<Duration> alone = new ArrayList<>();
  private final List<Duration> besideLargeBatch = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    producer =
        RunningProducer.start(
            directory.resolve("postgres"),
            "sluice.retention.batches-after=1h",
            "sluice.retention.interval=1s");
    worker = producer().worker();
    for (String table : List.of("tasks", "batches", "shares", "costs", "dead_letters")) {
      sql("alter table %s set (autovacuum_enabled = false)".formatted(table));
    }
    insert(5_000, "completed", Duration.ofMinutes(1));
  }

  @AfterAll
  static void stop() {
    if (worker != null) {
      worker.close();
    }
    producer().close();
  }

  /** One batch for all steps, because its insert takes as long as a step. */
  @Test
  void pauseExpiryCancellationAndDeletionOfALargeBatchDelayNoOtherBatch() throws Exception {
    sql("analyze"); // no task is queued yet, so the planner expects almost none later
    assertThat(queued()).isZero();
    measureSmallBatchesAlone();
    UUID large = insert(TASKS, "queued", Duration.ZERO);
    int before = worker().received.size();
    await().atMost(TIMEOUT).until(() -> worker().received.size() > before + 100);
    post("/api/batches/%s/pause".formatted(new BatchId(large)));
    Instant paused = Instant.now();
    runSmallBatchesUntil(
        () -> count("select submitted from shares where batch_id = ?", large) == 0);
    Duration pauseTime = Duration.between(paused, Instant.now());

    sql("update batches set expires_at = now() where id = '%s'".formatted(large));
    runSmallBatchesUntil(
        () -> count("select expired from batches where id = ?", large) > TASKS / 3);
    sql("delete from pg_statistic");
    post("/v1/batches/%s/cancel".formatted(new BatchId(large)));
    runSmallBatchesUntil(() -> status(large).equals("cancelled"));
    assertThat(
            count("select count(*) from tasks where batch_id = ? and finished_at is null", large))
        .isZero();
    assertThat(count("select completed from batches where id = ?", large)).isPositive();
    assertThat(count("select expired from batches where id = ?", large)).isGreaterThan(TASKS / 3);
    assertThat(count("select cancelled from batches where id = ?", large)).isGreaterThan(TASKS / 3);
    assertThat(count("select completed + expired + cancelled from batches where id = ?", large))
        .isEqualTo(TASKS);

    sql(
        "update batches set cancelled_at = now() - interval '1 day' where id = '%s'"
            .formatted(large));
    runSmallBatchesUntil(() -> count("select count(*) from batches where id = ?", large) == 0);
    measureSmallBatchesAlone();
    assertSmallBatchesAreFast();
    assertThat(pauseTime).isLessThan(onThisMachine(MAX_PAUSE_TIME));
  }

  @Test
  void bulkReplayOfManyDeadLettersKeepsItsRateAndDelaysNoOtherBatch() throws Exception {
    measureSmallBatchesAlone();
    UUID large = insert(DEAD_LETTERS, "failed", Duration.ofMinutes(1));
    sql(
        """
        insert into dead_letters (id, project, task_id, run, digest, batch_id, custom_id, route,
          lane, endpoint, model, failure_code, failure_detail, attempts, throttles, worker, request,
          died_at)
        select gen_random_uuid(), 'default', id::text, 1, ''::bytea, batch_id, custom_id, route,
          'batch', '/v1/chat/completions', model, 'attempts_exhausted', 'down', 5, 0, 'fake', body,
          now()
        from tasks where batch_id = '%s'"""
            .formatted(large));
    String job =
        "{\"action\":\"replay\",\"reason\":\"a test\",\"filter\":{\"batch\":\"%s\"},\"limit\":1000000,\"per_second\":200}"
            .formatted(new BatchId(large));
    HttpResponse<String> created = producer().send("POST", "/api/dead-letters/jobs", job);
    assertThat(created.statusCode()).isEqualTo(200);
    Instant start = Instant.now();
    runSmallBatchesUntil(() -> count("select completed from batches where id = ?", large) > 400);
    Duration replayTime = Duration.between(start, Instant.now());
    String id = JsonMapper.builder().build().readTree(created.body()).path("id").asString();
    post("/api/dead-letters/jobs/%s/stop".formatted(id));
    await().atMost(TIMEOUT).until(() -> queued() == 0);
    measureSmallBatchesAlone();
    assertSmallBatchesAreFast();
    assertThat(replayTime).isLessThan(onThisMachine(MAX_REPLAY_TIME));
  }

  private void measureSmallBatchesAlone() throws Exception {
    for (int batch = 0; batch < 3; batch++) {
      alone.add(runSmallBatch());
    }
  }

  /** Runs small batches one after the other until the condition is true. */
  private void runSmallBatchesUntil(Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(TIMEOUT);
    do {
      besideLargeBatch.add(runSmallBatch());
      assertThat(Instant.now()).as("the large batch ends in time").isBefore(end);
    } while (!becomesTrueWithin(SMALL_BATCH_INTERVAL, condition));
  }

  private static Duration runSmallBatch() throws IOException, InterruptedException {
    Instant start = Instant.now();
    String small = producer().batch(RunningProducer.lines(1));
    await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(TIMEOUT)
        .until(() -> producer().status(small).equals("completed"));
    return Duration.between(start, Instant.now());
  }

  private void assertSmallBatchesAreFast() {
    Duration limit = onThisMachine(MAX_SMALL_BATCH_TIME);
    assertThat(besideLargeBatch)
        .as("small batches alone took %s", alone)
        .isNotEmpty()
        .allSatisfy(duration -> assertThat(duration).isLessThan(limit));
  }

  /**
   * The limit multiplied by the slowness of this machine: the slowest small batch alone, relative
   * to {@link #USUAL_TIME}, and at least 1.
   */
  private Duration onThisMachine(Duration limit) {
    double slowness =
        Math.max(1, (double) Collections.max(alone).toMillis() / USUAL_TIME.toMillis());
    return Duration.ofMillis((long) (limit.toMillis() * slowness));
  }

  private static boolean becomesTrueWithin(Duration time, Callable<Boolean> condition) {
    try {
      await().atMost(time).until(condition);
      return true;
    } catch (ConditionTimeoutException notYet) {
      return false;
    }
  }

  /**
   * Inserts a batch of tasks in the same state.
   *
   * @param age the time since the batch finished; ignored for queued tasks
   */
  private static UUID insert(int tasks, String state, Duration age) {
    UUID batch = UUID.randomUUID();
    boolean queued = state.equals("queued");
    sql(
        """
        insert into batches (id, project, endpoint, input_file_id, completion_window, priority,
          status, created_at, expires_at, in_progress_at, completed_at, total, completed, failed)
        values ('%s', 'default', '/v1/chat/completions', 'file-none', '24h', 10, '%s',
          now(), now() + interval '1 day', now(), %s, %d, %d, %d)"""
            .formatted(
                batch,
                queued ? "in_progress" : "completed",
                queued ? "null" : "now() - interval '%d seconds'".formatted(age.toSeconds()),
                tasks,
                state.equals("completed") ? tasks : 0,
                state.equals("failed") ? tasks : 0));
    sql(
        """
        insert into tasks (id, batch_id, line_no, custom_id, route, model, tokens, body, state,
          finished_at, failure_code)
        select gen_random_uuid(), '%s', n, 'line-' || n, '%s', 'gpt-4o-mini', 10,
          convert_to('{"model":"gpt-4o-mini","messages":[{"role":"user","content":"'
            || repeat('word ', 20) || n || '"}]}', 'UTF8'), '%s', %s, %s
        from generate_series(1, %d) as n"""
            .formatted(
                batch,
                RunningProducer.ROUTE,
                state,
                queued ? "null" : "now()",
                state.equals("failed") ? "'attempts_exhausted'" : "null",
                tasks));
    sql(
        "insert into costs (batch_id, route, model, tasks, estimated_prompt, estimated_reply) values ('%s', '%s', 'gpt-4o-mini', %d, 0, 0)"
            .formatted(batch, RunningProducer.ROUTE, tasks));
    sql(
        "insert into shares (batch_id, route, queued, submitted, passed) values ('%s', '%s', %d, 0, 0)"
            .formatted(batch, RunningProducer.ROUTE, queued ? tasks : 0));
    return batch;
  }

  private static void post(String path) throws IOException, InterruptedException {
    assertThat(producer().send("POST", path, "").statusCode()).isEqualTo(200);
  }

  private static String status(UUID batch) throws IOException, InterruptedException {
    return producer().status(new BatchId(batch).toString());
  }

  private static long queued() {
    return producer()
        .jdbc()
        .sql("select count(*) from tasks where state = 'queued'")
        .query(Long.class)
        .single();
  }

  private static long count(String sql, UUID batch) {
    return producer().jdbc().sql(sql).param(batch).query(Long.class).single();
  }

  private static void sql(String sql) {
    producer().jdbc().sql(sql).update();
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(producer);
  }

  private static FakeWorker worker() {
    return Objects.requireNonNull(worker);
  }
}
