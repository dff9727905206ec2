package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersCommandTest {
  private static final String DEAD_LETTER =
      """
      {"id":"L1","object":"dead_letter","state":"open","project":"default","task_id":"T1","run":1,
       "batch_id":null,"custom_id":"doc-1","route":"mini","endpoint":"/v1/chat/completions",
       "model":"gpt-4o-mini","failure_code":"invalid_request",
       "failure":"{\\"error\\": {\\"message\\": \\"The prompt cannot be parsed.\\"}}",
       "status_code":400,"request_id":null,"attempts":1,"throttles":0,"worker":"w","dead_lettered_at":1000,
       "resolved_at":null}""";
  private static final String JOB =
      """
      {"id":%s,"object":"dead_letter_job","action":"replay","state":"%s","matched":7,"limit":5,"per_second":20,
       "succeeded":%d,"rejected":%d,"last_rejection":%s}""";

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
  void listShowsProviderMessage() {
    producer.reply(
        "GET /api/dead-letters",
        "{\"data\":[%s],\"has_more\":true,\"last_id\":\"L1\"}".formatted(DEAD_LETTER));

    CommandRun commandRun =
        CommandRun.of(
            producer, "dead-letters", "list", "--code", "invalid_request", "--text", "be parsed");

    assertThat(commandRun.out())
        .isEqualTo(
            """
            DEAD LETTER  FAILED AT             CUSTOM ID  ROUTE  CODE             ERROR
            L1           1970-01-01T00:16:40Z  doc-1      mini   invalid_request  The prompt cannot be parsed.
            """);
    assertThat(commandRun.err()).contains("--after L1");
    assertThat(producer.calls.getLast().query())
        .isEqualTo("code=invalid_request&text=be%20parsed&limit=20");
  }

  @Test
  void statsCountGroups() {
    producer.reply(
        "GET /api/dead-letters/stats",
        """
        {"total":1200,"groups":[{"failure_code":"invalid_request","route":"mini","count":1200,
         "batches":2,"since":1000,"latest":2000}]}""");

    assertThat(CommandRun.of(producer, "dlq", "stats").out())
        .isEqualTo(
            """
            CODE             ROUTE  COUNT  BATCHES  SINCE                 LATEST
            invalid_request  mini   1,200        2  1970-01-01T00:16:40Z  1970-01-01T00:33:20Z
            """);
  }

  @Test
  void deadLetterIsReplayedWithReason() {
    producer.reply("POST /api/dead-letters/L1/replay", DEAD_LETTER);

    CommandRun commandRun =
        CommandRun.of(producer, "dead", "replay", "L1", "--reason", "fixed", "--operator", "Ada");

    assertThat(commandRun).isEqualTo(new CommandRun(0, "", "Replayed task T1.\n"));
    assertThat(producer.sent("POST /api/dead-letters/L1/replay"))
        .isEqualTo("{\"reason\":\"fixed\",\"operator\":\"Ada\"}");
  }

  @Test
  void answerIsShownAndAccepted() {
    String deadLetter = DEAD_LETTER.replace("\"state\"", "\"answer\":\"[1, 2]\",\"state\"");
    producer.reply("GET /api/dead-letters/L1", deadLetter);
    producer.reply("POST /api/dead-letters/L1/accept", deadLetter);

    assertThat(CommandRun.of(producer, "dead", "show", "L1").out()).contains("answer", "[1, 2]");
    assertThat(CommandRun.of(producer, "dead", "accept", "L1", "--reason", "fine"))
        .isEqualTo(new CommandRun(0, "", "Accepted the answer of task T1.\n"));
    assertThat(producer.sent("POST /api/dead-letters/L1/accept")).contains("\"reason\":\"fine\"");
  }

  @Test
  void bulkJobIsFollowedUntilItCompletes() {
    producer.reply("POST /api/dead-letters/jobs", JOB.formatted("\"J1\"", "running", 0, 0, "null"));
    producer.reply(
        "GET /api/dead-letters/jobs/J1",
        JOB.formatted("\"J1\"", "completed", 4, 1, "\"not open\""));

    CommandRun commandRun =
        CommandRun.of(
            producer,
            "dead",
            "replay",
            "--code",
            "x",
            "--limit",
            "5",
            "--set-model",
            "gpt-4o",
            "--reason",
            "fixed",
            "--operator",
            "Ada");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.err())
        .contains(
            "7 dead letters match; the job processes at most 5, 20 per second. Ctrl-C does not stop job J1.\n")
        .contains("completed: 4 succeeded, 1 rejected; last rejection: not open");
    assertThat(producer.sent("POST /api/dead-letters/jobs"))
        .isEqualTo(
            "{\"reason\":\"fixed\",\"operator\":\"Ada\",\"model\":\"gpt-4o\",\"action\":\"replay\",\"dry_run\":false,\"limit\":5,\"filter\":{\"code\":\"x\"}}");
  }

  @Test
  void retryReplaysAllDeadLettersOfABatch() {
    producer.state("completed", "\"total\":7,\"failed\":7");
    producer.reply(
        "POST /api/dead-letters/jobs", JOB.formatted("\"J1\"", "completed", 7, 0, "null"));

    CommandRun commandRun = CommandRun.of(producer, "retry", "batch_1");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.err())
        .endsWith("completed: 7 succeeded, 0 rejected.\nFollow it: sluice watch batch_1\n");
    assertThat(producer.sent("POST /api/dead-letters/jobs"))
        .isEqualTo(
            "{\"reason\":\"sluice retry\",\"action\":\"replay\",\"dry_run\":false,\"limit\":1000000,\"per_second\":200,\"filter\":{\"batch\":\"batch_1\"}}");
  }

  @Test
  void watchFollowsABatchWhoseTasksAreRetried() {
    producer.state("completed", "\"total\":2,\"failed\":1");
    producer.state("completed", "\"total\":2,\"completed\":2");
    producer.state("completed", "\"total\":2,\"completed\":2,\"output_file_id\":\"o\"");

    CommandRun commandRun = CommandRun.of(producer, "watch", "batch_1");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.err())
        .contains("2 of 2 completed in ")
        .endsWith(" · output: sluice results batch_1\n");
  }

  @Test
  void dryRunOnlyCounts() {
    producer.reply("POST /api/dead-letters/jobs", JOB.formatted("null", "dry_run", 0, 0, "null"));

    CommandRun commandRun =
        CommandRun.of(producer, "dead", "discard", "--all", "--dry-run", "--reason", "old");

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                0,
                "",
                "7 dead letters match; a job processes at most 5. Dry run: nothing was changed.\n"));
  }

  @Test
  void missingOptionsAreReported() {
    assertThat(CommandRun.of(producer, "dead", "replay", "--reason", "x").err())
        .contains("Select dead letters");
    assertThat(CommandRun.of(producer, "dead", "edit", "L1", "--reason", "x").err())
        .contains("Nothing to edit: set --request");
    assertThat(CommandRun.of(producer, "dead", "replay", "L1").err())
        .contains("--reason")
        .contains("dead-letters replay --help");
    assertThat(CommandRun.of(producer, "dead", "list", "--since", "soon").err())
        .contains("--since 'soon' is neither a time");
    assertThat(producer.calls).isEmpty();
  }
}
