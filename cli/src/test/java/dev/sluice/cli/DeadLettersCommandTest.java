package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersCommandTest {
  private static final String LETTER =
      """
      {"id":"L1","object":"dead_letter","state":"dead","project":"default","task_id":"T1","run":1,
       "batch_id":null,"custom_id":"doc-1","route":"mini","endpoint":"/v1/chat/completions",
       "model":"gpt-4o-mini","failure_code":"invalid_request",
       "failure":"{\\"error\\": {\\"message\\": \\"The prompt is not one that can be read.\\"}}",
       "status_code":400,"request_id":null,"attempts":1,"throttles":0,"worker":"w","died_at":1000,
       "settled_at":null}""";
  private static final String JOB =
      """
      {"id":%s,"object":"dead_job","act":"replay","state":"%s","matched":7,"most":5,"per_second":20,
       "done":%d,"refused":%d,"last_refusal":%s}""";

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
  void aListShowsWhatTheProviderSaid() {
    producer.reply(
        "GET /api/dead", "{\"data\":[%s],\"has_more\":true,\"last_id\":\"L1\"}".formatted(LETTER));

    CommandRun commandRun =
        CommandRun.of(producer, "dead", "list", "--code", "invalid_request", "--text", "can be");

    assertThat(commandRun.out())
        .isEqualTo(
            """
            LETTER  DIED                  NAME   ROUTE  CODE             ERROR
            L1      1970-01-01T00:16:40Z  doc-1  mini   invalid_request  The prompt is not one that can be read.
            """);
    assertThat(commandRun.err()).contains("--after L1");
    assertThat(producer.calls.getLast().query())
        .isEqualTo("code=invalid_request&text=can%20be&limit=20");
  }

  @Test
  void groupsAreCounted() {
    producer.reply(
        "GET /api/dead/stats",
        """
        {"total":1200,"groups":[{"failure_code":"invalid_request","route":"mini","count":1200,
         "batches":2,"since":1000,"latest":2000}]}""");

    assertThat(CommandRun.of(producer, "dead", "stats").out())
        .isEqualTo(
            """
            CODE             ROUTE  COUNT  BATCHES  SINCE                 LATEST
            invalid_request  mini   1,200        2  1970-01-01T00:16:40Z  1970-01-01T00:33:20Z
            """);
  }

  @Test
  void oneLetterIsReplayedWithItsReason() {
    producer.reply("POST /api/dead/L1/replay", LETTER);

    CommandRun commandRun =
        CommandRun.of(producer, "dead", "replay", "L1", "--why", "mended", "--by", "Ada");

    assertThat(commandRun).isEqualTo(new CommandRun(0, "", "T1 is on its way again.\n"));
    assertThat(producer.sent("POST /api/dead/L1/replay"))
        .isEqualTo("{\"why\":\"mended\",\"by\":\"Ada\"}");
  }

  @Test
  void allThatMatchAreAJobThatIsFollowed() {
    producer.reply("POST /api/dead/jobs", JOB.formatted("\"J1\"", "running", 0, 0, "null"));
    producer.reply(
        "GET /api/dead/jobs/J1", JOB.formatted("\"J1\"", "done", 4, 1, "\"it is gone\""));

    CommandRun commandRun =
        CommandRun.of(
            producer,
            "dead",
            "replay",
            "--code",
            "x",
            "--most",
            "5",
            "--set-model",
            "gpt-4o",
            "--why",
            "mended",
            "--by",
            "Ada");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.err())
        .contains("done: 4 done, 1 refused, the last one because: it is gone");
    assertThat(producer.sent("POST /api/dead/jobs"))
        .isEqualTo(
            "{\"why\":\"mended\",\"by\":\"Ada\",\"model\":\"gpt-4o\",\"act\":\"replay\",\"dry_run\":false,\"most\":5,\"filter\":{\"code\":\"x\"}}");
  }

  @Test
  void aDryRunOnlyCounts() {
    producer.reply("POST /api/dead/jobs", JOB.formatted("null", "dry_run", 0, 0, "null"));

    CommandRun commandRun =
        CommandRun.of(producer, "dead", "discard", "--all", "--dry-run", "--why", "old");

    assertThat(commandRun)
        .isEqualTo(new CommandRun(0, "", "7 match, 5 at most: nothing was done.\n"));
  }

  @Test
  void whatIsNotSaidIsAskedFor() {
    assertThat(CommandRun.of(producer, "dead", "replay", "--why", "x").err()).contains("Say which");
    assertThat(CommandRun.of(producer, "dead", "edit", "L1", "--why", "x").err())
        .contains("what to change");
    assertThat(CommandRun.of(producer, "dead", "replay", "L1").err())
        .contains("--why")
        .contains("dead replay --help");
    assertThat(CommandRun.of(producer, "dead", "list", "--since", "soon").err())
        .contains("--since 'soon' is no time");
    assertThat(producer.calls).isEmpty();
  }
}
