package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import tools.jackson.databind.JsonNode;

/** A restored database whose submitted tasks are no longer in the broker. */
class RestoreIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Path SCRIPT = Path.of("../docs/operations/after-restore.sql");

  @Test
  void lostTasksAreQueuedAgainAndFinishOnce(@TempDir Path directory) throws Exception {
    try (RunningProducer producer = RunningProducer.start(directory.resolve("postgres"))) {
      String batch = producer.batch(RunningProducer.lines(120));
      await().atMost(SOON).until(() -> count(producer, "submitted") > 0);
      producer
          .bean(AmqpAdmin.class)
          .purgeQueue(QueueNames.tasks(RunningProducer.ROUTE, Lane.BATCH), false);
      long lost = count(producer, "submitted");

      producer.jdbc().sql(Files.readString(SCRIPT)).update();

      try (FakeWorker worker = producer.worker()) {
        JsonNode finished = producer.finished(batch);
        assertThat(finished.path("request_counts").path("completed").asInt()).isEqualTo(120);
        assertThat(worker.received)
            .filteredOn(task -> task.ids().run() == 2)
            .hasSizeGreaterThanOrEqualTo((int) lost);
      }
      assertThat(
              producer
                  .jdbc()
                  .sql("select coalesce(sum(abs(queued) + abs(submitted)), 0) from shares")
                  .query(Long.class)
                  .single())
          .isZero();
    }
  }

  private static long count(RunningProducer producer, String state) {
    return producer
        .jdbc()
        .sql("select count(*) from tasks where state = :state")
        .param("state", state)
        .query(Long.class)
        .single();
  }
}
