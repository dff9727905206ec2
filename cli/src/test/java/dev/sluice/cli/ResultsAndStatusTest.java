package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsAndStatusTest {
  private FakeProducer producer;
  @TempDir private Path temporary;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  @Test
  void outputFileIsPrintedUnchanged() {
    producer.state("completed", "\"output_file_id\":\"file-out\"");
    producer.file("file-out", "{\"a\":1}\n{\"b\":\"ü\"}\n");

    CommandRun commandRun = CommandRun.of(producer, "results", "batch_1");

    assertThat(commandRun).isEqualTo(new CommandRun(0, "{\"a\":1}\n{\"b\":\"ü\"}\n", ""));
  }

  @Test
  void closedPipeIsReported() {
    producer.state("completed", "\"output_file_id\":\"file-out\"");
    producer.file("file-out", "{}\n");

    CommandRun commandRun =
        CommandRun.withClosedStdout(producer, "results", "batch_1", "--out", "-");

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                3, "", "Cannot write to stdout: the pipe is closed, or the disk is full.\n"));
  }

  @Test
  void errorFileIsWrittenToFile() {
    producer.state("completed", "\"error_file_id\":\"file-err\"");
    producer.file("file-err", "{}\n");
    Path out = temporary.resolve("e.jsonl");

    CommandRun commandRun =
        CommandRun.of(
            producer, "results", "batch_1", "--errors", "--json", "--out", out.toString());

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                0,
                "{\"batch\":\"batch_1\",\"output\":\"%s\",\"bytes\":3}\n".formatted(out),
                "Wrote 3 bytes to %s.\n".formatted(out)));
    assertThat(out).hasContent("{}\n");
    CommandRun again = CommandRun.of(producer, "results", "batch_1", "--out", out.toString());
    assertThat(again)
        .isEqualTo(
            new CommandRun(
                3,
                "",
                "--out %s exists. Specify another file, or replace it with --force.\n"
                    .formatted(out)));
    assertThat(
            CommandRun.of(
                    producer, "results", "batch_1", "--errors", "--out", out.toString(), "--force")
                .exitCode())
        .isZero();
  }

  @Test
  void unfinishedBatchHasNoResults() {
    producer.state("in_progress", "\"total\":300,\"completed\":120");

    assertThat(CommandRun.of(producer, "results", "batch_1"))
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "Batch batch_1 is in_progress (120 of 300 completed): the files are available when it"
                    + " has finished. Print its results as they arrive: sluice results batch_1 --follow\n"));
  }

  @Test
  void missingOutputFileIsAnError() {
    producer.state("completed", "\"total\":3,\"failed\":3,\"error_file_id\":\"e\"");

    assertThat(CommandRun.of(producer, "results", "batch_1"))
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "Batch batch_1 has no output file: no task succeeded."
                    + " See: sluice results batch_1 --errors\n"));
  }

  @Test
  void missingErrorFileIsASuccess() {
    producer.state("completed", "\"total\":3,\"completed\":3,\"output_file_id\":\"o\"");

    assertThat(CommandRun.of(producer, "results", "batch_1", "--errors"))
        .isEqualTo(new CommandRun(0, "", "Batch batch_1 has no error file: no task failed.\n"));
    assertThat(CommandRun.of(producer, "results", "batch_1", "--errors", "--json").out())
        .isEqualTo("{\"batch\":\"batch_1\",\"errors\":0}\n");
  }

  @Test
  void unknownBatchPrintsProducerError() {
    assertThat(CommandRun.of(producer, "results", "nope"))
        .isEqualTo(new CommandRun(3, "", "Not found: GET /api/batches/nope\n"));
  }

  @Test
  void resultsAreFollowedUntilTheBatchFinishes() {
    producer.state("in_progress", "\"total\":2,\"completed\":1");
    producer.state("in_progress", "\"total\":2,\"completed\":1");
    producer.state(
        "completed", "\"total\":2,\"completed\":1,\"failed\":1,\"output_file_id\":\"o\"");
    String first = "{\"custom_id\":\"b\",\"sluice\":{\"cursor\":\"7-2\"}}\n";
    String second = "{\"custom_id\":\"a\",\"sluice\":{\"cursor\":\"9-1\"}}\n";
    producer.results(first, second, "");

    CommandRun commandRun = CommandRun.of(producer, "results", "batch_1", "--follow");

    assertThat(commandRun).isEqualTo(new CommandRun(1, first + second, ""));
    assertThat(producer.calls)
        .filteredOn(call -> call.path().endsWith("/results"))
        .extracting(FakeProducer.Call::query)
        .containsExactly("null", "after=7-2", "after=9-1");
  }

  @Test
  void resultsAreFollowedAfterACursorAndALostConnection() {
    producer.state("completed", "\"total\":1,\"completed\":1,\"output_file_id\":\"o\"");
    producer.results(null, null, null, "");

    CommandRun commandRun =
        CommandRun.of(producer, "results", "batch_1", "--follow", "--after", "7-2");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.err()).contains("Sluice is reachable again.");
    assertThat(producer.calls)
        .filteredOn(call -> call.path().endsWith("/results"))
        .extracting(FakeProducer.Call::query)
        .containsOnly("after=7-2");
  }

  @Test
  void resultsAreWrittenAsSummariesInTheOrderOfTheInput() throws IOException {
    producer.reply("GET /v1/batches/batch_1", "{\"input_file_id\":\"file-in\"}");
    producer.state(
        "completed",
        "\"total\":2,\"completed\":1,\"failed\":1,\"output_file_id\":\"o\",\"error_file_id\":\"e\"");
    producer.file("file-in", "{\"custom_id\":\"b.txt\"}\n{\"custom_id\":\"a.txt\"}\n");
    producer.file(
        "o",
        "{\"custom_id\":\"a.txt\",\"response\":{\"body\":{\"choices\":[{\"message\":{\"content\":\"On a.\"}}]}}}\n");
    producer.file(
        "e", "{\"custom_id\":\"b.txt\",\"error\":{\"code\":\"timeout\",\"message\":\"Slow.\"}}\n");
    Path out = temporary.resolve("s.md");

    CommandRun commandRun =
        CommandRun.of(producer, "results", "batch_1", "--as", "summaries", "--out", out.toString());

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(out)
        .hasContent("## b.txt\n\nNot summarised: timeout: Slow.\n\n## a.txt\n\nOn a.\n\n");
    assertThat(commandRun.err())
        .contains(" · output: %s · errors: in the output\n".formatted(out))
        .endsWith("Send the failed requests again: sluice retry batch_1\n");
  }

  @Test
  void resultOfARetryReplacesItsErrorInTheSummaries() {
    producer.reply("GET /v1/batches/batch_1", "{\"input_file_id\":\"file-in\"}");
    producer.state(
        "completed",
        "\"total\":1,\"completed\":1,\"output_file_id\":\"o\",\"error_file_id\":\"e\"");
    producer.file("file-in", "{\"custom_id\":\"a.txt\"}\n");
    producer.file(
        "o",
        "{\"custom_id\":\"a.txt\",\"response\":{\"body\":{\"choices\":[{\"message\":{\"content\":\"On a.\"}}]}}}\n");
    producer.file(
        "e", "{\"custom_id\":\"a.txt\",\"error\":{\"code\":\"timeout\",\"message\":\"Slow.\"}}\n");

    CommandRun commandRun = CommandRun.of(producer, "results", "batch_1", "--as", "summaries");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(commandRun.out()).isEqualTo("{\"file\":\"a.txt\",\"summary\":\"On a.\"}\n");
  }

  @Test
  void contradictoryOptionsAreUsageErrors() {
    assertThat(CommandRun.of(producer, "results", "batch_1", "--follow", "--out", "x").err())
        .isEqualTo("--follow prints all results on stdout: remove --out, --errors and --as.\n");
    assertThat(CommandRun.of(producer, "results", "batch_1", "--after", "1-1").err())
        .isEqualTo("--after requires --follow.\n");
    assertThat(CommandRun.of(producer, "results", "batch_1", "--as", "csv").err())
        .isEqualTo("--as csv must be lines or summaries.\n");
  }

  @Test
  void statusIsATable() {
    producer.reply(
        "GET /v1/batches",
        """
        {"object":"list","data":[{"id":"batch_1","status":"in_progress","created_at":0,
        "request_counts":{"total":3000,"completed":12,"failed":1},"metadata":{"name":"reports"}}]}
        """);

    CommandRun commandRun = CommandRun.of(producer, "status");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.out())
        .isEqualTo(
            """
            Sluice 0.1.0 at %s · broker 127.0.0.1:5672 up · database (embedded) up

            ROUTE  QUEUED  IN BROKER  MODELS
            mini    1,200         40  gpt-4o-mini, gpt-4o, claude-*

            BATCH    STATUS       COMPLETED  FAILED  TOTAL  AGE          NAME
            batch_1  in_progress         12       1  3,000  16 min 40 s  reports
            """
                .formatted(producer.url()));
    assertThat(CommandRun.of(producer, "status", "--json").out())
        .startsWith("{\"url\":\"%s\",\"status\":{\"version\"".formatted(producer.url()))
        .contains("\"batches\":[{\"id\":\"batch_1\"");
  }

  @Test
  void stalledLoopsAreShown() {
    producer.reply(
        "GET /api/status",
        """
        {"version":"0.1.0","broker":{"address":"127.0.0.1:5672","up":true},
         "database":{"kind":"embedded","up":true},"routes":[],
         "stalled_loops":[{"name":"terminator","seconds_without_progress":95}]}
        """);
    producer.reply("GET /v1/batches", "{\"object\":\"list\",\"data\":[]}");

    assertThat(CommandRun.of(producer, "status").out().lines())
        .contains(
            "STALLED: background loop 'terminator' has made no progress for 1 min 35 s; see the producer's log");
  }

  @Test
  void batchIsShownInDetail() {
    producer.state(
        "failed",
        """
        "name":"reports","total":0,"errors":[{"code":"invalid_json_line","line":7,"message":"Not JSON."}]
        """);

    CommandRun commandRun = CommandRun.of(producer, "status", "batch_1");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.out())
        .startsWith("Batch       batch_1\nName        reports\nStatus      failed\n")
        .endsWith("line 7: invalid_json_line: Not JSON.\n")
        .doesNotContain("Paused");
  }

  @Test
  void pausedBatchShowsPauseTime() {
    producer.state("in_progress", "\"total\":3,\"paused_at\":400");

    assertThat(CommandRun.of(producer, "status", "batch_1").out())
        .contains("Status      paused\nPaused      10 min 00 s ago\n");
  }

  @Test
  void blockedTasksAreNotQueuedAndPartialDocumentsAreNamed() {
    producer.state(
        "in_progress",
        """
        "total":9,"completed":3,"failed":1,"blocked":2,"queued":1,"in_broker":2,
        "documents":{"total":3,"finished":1,"split":3,"parts":6,"parts_finished":3,"partial":1}""");

    assertThat(CommandRun.of(producer, "status", "batch_1").out())
        .contains(" · 1 queued · 2 in the broker · 2 blocked (wait for other tasks)\n")
        .contains(
            "Partial     1 document without some parts; replay the failed parts to make them again\n");
  }
}
