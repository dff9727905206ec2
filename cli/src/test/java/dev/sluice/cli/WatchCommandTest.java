package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchCommandTest {
  private static final String FINISHED =
      "\"created_at\":900,\"completed_at\":1150,\"total\":4,\"completed\":4,\"output_file_id\":\"f\"";

  private FakeProducer producer;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  @Test
  void pipeGetsLineOnlyForChangedProgress() {
    producer.state("validating", "\"total\":0");
    for (int i = 0; i < 30; i++) {
      producer.state("in_progress", "\"created_at\":900,\"total\":4,\"completed\":2");
    }
    producer.state("completed", FINISHED);

    CommandRun commandRun = CommandRun.of(producer, "watch", "batch_1");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.out()).isEmpty();
    assertThat(commandRun.err())
        .isEqualTo(
            """
            2 of 4 completed · 0 failed · 2 unfinished
            4 of 4 completed · 0 failed · 0 unfinished · completed
            4 of 4 completed in 4 min 10 s · 0 failed · 0 responses with 429 · 0 prompt + 0 completion tokens · output: sluice results batch_1
            """);
  }

  @Test
  void batchWithoutProgressForFifteenSecondsIsExplainedOnce() {
    for (int i = 0; i < 100; i++) {
      producer.state("in_progress", "\"created_at\":900,\"total\":4,\"completed\":0");
    }
    producer.state("completed", FINISHED);
    producer.reply(
        "GET /api/batches/batch_1/why",
        """
        {"kind":"hold","route":"mini","seconds_left":null,"sentence":"Route mini is held: \
        the provider rejects the API key with HTTP 401; next probe at 2026-11-01T12:00:30Z."}""");

    CommandRun commandRun = CommandRun.of(producer, "watch", "batch_1");

    assertThat(commandRun.err())
        .startsWith(
            """
            0 of 4 completed · 0 failed · 4 unfinished
            Route mini is held: the provider rejects the API key with HTTP 401; next probe at 2026-11-01T12:00:30Z.
            4 of 4 completed""");
    assertThat(producer.calls.stream().filter(call -> call.path().endsWith("/why")))
        .as("every 15 s")
        .hasSize(3);
  }

  @Test
  void terminalGetsRedrawnLine() {
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    producer.state("completed", FINISHED);

    CommandRun commandRun = CommandRun.onTerminal(producer, 68, "watch", "batch_1");

    assertThat(commandRun.err())
        .startsWith(
            "\r\u001b[K\u001b[32m######..................\u001b[0m 1 of 4 completed · 0 failed · 3 unfinished"
                + "\r\u001b[K")
        .contains(
            "#\u001b[0m 4 of 4 completed · 0 failed · 0 unfinished · completed\n4 of 4 completed in");
  }

  @Test
  void watchSurvivesProducerRestartAndReportsItOnce() {
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    for (int i = 0; i < 20; i++) {
      producer.disconnect();
    }
    producer.state("completed", FINISHED);

    CommandRun commandRun = CommandRun.of(producer, "watch", "batch_1");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.err())
        .containsOnlyOnce(
            "Sluice is unreachable; retrying for up to 2 minutes. The batch is not affected.\n")
        .containsOnlyOnce("Sluice is reachable again.\n");
  }

  @Test
  void errorStartsOnNewLineAfterProgressBar() {
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    producer.stateError(500, FakeProducer.error("Boom."));

    CommandRun commandRun = CommandRun.onTerminal(producer, 68, "watch", "batch_1");

    assertThat(commandRun.exitCode()).isEqualTo(5);
    assertThat(commandRun.err()).endsWith("3 unfinished\nBoom.\n");
  }

  @Test
  void watchFailsAfterReconnectTimeout() {
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    producer.disconnect();

    CommandRun commandRun = CommandRun.of(producer, "watch", "batch_1");

    assertThat(commandRun.exitCode()).isEqualTo(4);
    assertThat(commandRun.err()).contains("Sluice at " + producer.url() + " is unreachable (");
  }

  @Test
  void stoppedBatchEndsTheCommandWithItsCause() {
    producer.state("in_progress", "\"total\":400,\"failed\":50,\"paused_by\":\"stop_after\"");
    producer.reply(
        "GET /api/batches/batch_1/why",
        "{\"kind\":\"stopped\",\"sentence\":\"Paused since 2026-11-01T12:00:00Z: 50 of the first 72 tasks failed.\"}");

    CommandRun commandRun = CommandRun.of(producer, "watch", "batch_1");

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                1,
                "",
                """
                0 of 400 completed · 50 failed · 350 unfinished
                Paused since 2026-11-01T12:00:00Z: 50 of the first 72 tasks failed.
                Resume it: sluice resume batch_1 · cancel it: sluice cancel batch_1 · then follow it: sluice watch batch_1
                """));
  }

  @Test
  void everyChangeIsPrintedAsEvent() {
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    producer.state("in_progress", "\"total\":4,\"completed\":1");
    for (int i = 0; i < 3; i++) {
      producer.state("in_progress", "\"total\":4,\"completed\":1,\"failed\":1,\"throttles\":3");
    }
    producer.state(
        "cancelled",
        "\"total\":4,\"completed\":1,\"failed\":1,\"cancelled\":2,\"output_file_id\":\"f\"");

    CommandRun commandRun = CommandRun.of(producer, "watch", "batch_1", "--json");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.out())
        .startsWith(
            """
            {"event":"progress","batch":"batch_1","status":"in_progress","total":4,"completed":1,"failed":0,"expired":0,"cancelled":0,"cut_off":0,"reused":0,"throttles":0,"unfinished":3,"per_minute":null,"seconds_left":null}
            """)
        .contains("\"throttles\":3,\"unfinished\":2,\"per_minute\":")
        .contains("{\"event\":\"finished\",\"batch\":\"batch_1\",\"status\":\"cancelled\"");
    assertThat(commandRun.out().lines()).hasSize(4);
    assertThat(commandRun.err()).contains("The batch is cancelled. 1 of 4 completed");
  }
}
