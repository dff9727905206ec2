package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.infrastructure.lease.Leases;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two producers on one database and one broker share the work. */
class TwoProducersIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** The tasks of a publication must have an outcome within this time. */
  private static final String LOST_AFTER = "sluice.dispatch.lost-after=5s";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static @Nullable RunningProducer first;
  private static @Nullable RunningProducer second;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    RunningProducer embedded = RunningProducer.start(directory.resolve("postgres"), LOST_AFTER);
    first = embedded;
    HikariDataSource database = embedded.bean(DataSource.class).unwrap(HikariDataSource.class);
    second =
        RunningProducer.start(
            directory.resolve("unused"),
            LOST_AFTER,
            "spring.datasource.url=" + database.getJdbcUrl(),
            "spring.datasource.username=postgres",
            "sluice.database.password-file=" + directory.resolve("postgres/password"));
  }

  @AfterAll
  static void stop() {
    second().close();
    first().close();
  }

  @Test
  void everyTaskIsPublishedAndFinishesOnce() throws Exception {
    List<String> batches = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      batches.add((i % 2 == 0 ? first() : second()).batch(RunningProducer.lines(300)));
    }
    try (FakeWorker worker = first().worker()) {
      await()
          .atMost(SOON)
          .until(
              () -> {
                assertThat(inBroker()).isLessThanOrEqualTo(RunningProducer.MAX_TASKS_IN_BROKER);
                return batches.stream().allMatch(TwoProducersIT::isCompleted);
              });
      assertThat(worker.received).extracting(task -> task.ids().taskId()).doesNotHaveDuplicates();
      assertThat(worker.received).hasSize(1200);
    }
    for (String batch : batches) {
      JsonNode done = second().get("/v1/batches/" + batch);
      assertThat(done.path("request_counts").toString())
          .isEqualTo("{\"total\":300,\"completed\":300,\"failed\":0}");
      assertThat(first().content(done.path("output_file_id").asString()).lines()).hasSize(300);
    }
    assertThat(count("select coalesce(sum(abs(queued) + abs(submitted)), 0) from shares")).isZero();
  }

  @Test
  void publicationOfADeadProducerIsPublishedByAnother() throws Exception {
    String feed = "feed " + RunningProducer.ROUTE;
    first()
        .jdbc()
        .sql(
            """
            insert into leases (name, holder, expires_at)
            values (:feed, gen_random_uuid(), now() + interval '1 hour')
            on conflict (name) do update
              set holder = excluded.holder, expires_at = excluded.expires_at""")
        .param("feed", feed)
        .update();
    assertThat(second().bean(Leases.class).tryWith(feed, () -> true)).isEmpty();
    String batch = first().batch(RunningProducer.lines(20));
    await().atMost(SOON).until(() -> first().status(batch).equals("in_progress"));
    first()
        .jdbc()
        .sql(
            """
            with published as (
              update tasks set state = 'submitted' where batch_id = :batch returning id),
            counted as (
              update shares set queued = 0, submitted = queued where batch_id = :batch)
            insert into publications (id, route, tasks)
            select gen_random_uuid(), :route, array_agg(id) from published""")
        .param("batch", RunningProducer.uuid(batch))
        .param("route", RunningProducer.ROUTE)
        .update();
    first()
        .jdbc()
        .sql("update leases set expires_at = now() where name = :feed")
        .param("feed", feed)
        .update();

    try (FakeWorker worker = first().worker()) {
      assertThat(first().finished(batch).path("status").asString()).isEqualTo("completed");
      assertThat(worker.received).extracting(task -> task.ids().taskId()).doesNotHaveDuplicates();
      assertThat(worker.received).hasSize(20);
    }
    assertThat(count("select count(*) from publications")).isZero();
    assertThat(count("select coalesce(sum(abs(queued) + abs(submitted)), 0) from shares")).isZero();
  }

  @Test
  void jobRunsOnOneProducerWhileADeadLetterIsLocked() throws Exception {
    String batch = first().batch(RunningProducer.lines(3));
    try (FakeWorker worker =
        first()
            .worker(
                task ->
                    List.of(
                        OutcomeMessage.failed(
                            task.ids(),
                            new Failure(FailureCode.INVALID_REQUEST, "no"),
                            FakeWorker.stats(400),
                            task.body())))) {
      first().finished(batch);
      await().atMost(SOON).until(() -> deadLetters(batch, "open") == 3);
      assertThat(worker.received).hasSize(3);
    }
    String job;
    try (Connection connection = first().bean(DataSource.class).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          """
          select from dead_letters where id =
            (select id from dead_letters where batch_id = '%s' order by id offset 1 limit 1)
          for update"""
              .formatted(RunningProducer.uuid(batch)));
      String order =
          "{\"action\":\"discard\",\"reason\":\"a test\",\"filter\":{\"batch\":\"%s\"}}"
              .formatted(batch);
      job =
          JSON.readTree(second().send("POST", "/api/dead-letters/jobs", order).body())
              .path("id")
              .asString();
      await().atMost(SOON).until(() -> deadLetters(batch, "discarded") == 1);
      await()
          .during(Duration.ofSeconds(7))
          .atMost(SOON)
          .until(() -> deadLetters(batch, "discarded") == 1);
      connection.rollback();
    }
    String path = "/api/dead-letters/jobs/" + job;
    await()
        .atMost(SOON)
        .until(() -> second().get(path).path("state").asString().equals("completed"));
    assertThat(second().get(path).path("succeeded").asInt()).isEqualTo(3);
    assertThat(second().get(path).path("rejected").asInt()).isZero();
  }

  private static int deadLetters(String batch, String state) throws Exception {
    return first()
        .get("/api/dead-letters?batch=%s&state=%s".formatted(batch, state))
        .required("data")
        .size();
  }

  private static long inBroker() {
    return count("select count(*) from tasks where state = 'submitted'");
  }

  private static long count(String sql) {
    return first().jdbc().sql(sql).query(Long.class).single();
  }

  private static boolean isCompleted(String batch) {
    try {
      return first().get("/v1/batches/" + batch).path("status").asString().equals("completed");
    } catch (IOException failed) {
      throw new AssertionError(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError(stopped);
    }
  }

  private static RunningProducer first() {
    return Objects.requireNonNull(first);
  }

  private static RunningProducer second() {
    return Objects.requireNonNull(second);
  }
}
