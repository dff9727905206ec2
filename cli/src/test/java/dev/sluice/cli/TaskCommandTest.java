package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskCommandTest {
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
  void taskIsShownWithItsCalls() {
    producer.reply(
        "GET /api/tasks/01a2",
        """
        {"task":{"id":"01a2","line":3,"custom_id":"doc-3","route":"mini","model":"gpt-4o-mini",\
        "state":"failed","attempts":1,"throttles":1,"failure_code":"invalid_request",\
        "finished_at":1772366402},\
        "batch_id":"batch_1","failure_detail":"no such model","request_id":null,\
        "history":[{"at":"2026-03-01T12:00:00Z","worker":"w-1","status":429,"code":"throttled",\
        "retry_after_ms":1500},{"at":"2026-03-01T12:00:02Z","worker":"w-2","code":"no_response"}],\
        "request":{"bytes":2,"text":"{}","truncated":false},"reply":null,\
        "why":{"sentence":"Not waiting; the task has finished."}}""");

    CommandRun commandRun = CommandRun.of(producer, "task", "01a2");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.out().lines())
        .anySatisfy(line -> assertThat(line).contains("doc-3"))
        .contains("attempts    1, plus 1 response with 429")
        .anySatisfy(line -> assertThat(line).contains("w-1", "429", "throttled", "1500 ms"))
        .anySatisfy(line -> assertThat(line).contains("w-2", "no_response"))
        .contains("{}");
  }

  @Test
  void attemptsOfATaskAreUnknownUntilItFinishes() {
    producer.reply(
        "GET /api/tasks/01a2",
        """
        {"task":{"id":"01a2","line":3,"custom_id":"doc-3","route":"mini","state":"in_broker"},\
        "batch_id":"batch_1","why":{"sentence":"In the broker."}}""");

    assertThat(CommandRun.of(producer, "task", "01a2").out())
        .contains("task        01a2, in_broker\n", "attempts    unknown until the run finishes\n");
  }

  @Test
  void callsOfAReplayedTaskAreGroupedByRun() {
    producer.reply(
        "GET /api/tasks/01a2",
        """
        {"task":{"id":"01a2","line":3,"custom_id":"doc-3","route":"mini","model":"gpt-4o-mini",\
        "state":"completed","missing":["part 3 (p. 41-60)"],"attempts":1,"throttles":0,\
        "finished_at":1772366405},"run":3,\
        "batch_id":"batch_1","history":[{"at":"2026-03-01T12:00:04Z","worker":"w-2","status":200,\
        "code":"ok"}],\
        "earlier_runs":[{"run":2,"dead_letter_id":"01b7","failure_code":"invalid_request",\
        "attempts":2,"throttles":1,"history":[{"at":"2026-03-01T12:00:02Z","worker":"w-1",\
        "status":400,"code":"invalid_request"}]}],\
        "request":{"bytes":2,"text":"{}","truncated":false},"reply":null,"why":{"sentence":"Ended."}}""");

    CommandRun commandRun = CommandRun.of(producer, "task", "01a2");

    assertThat(commandRun.out())
        .contains("attempts    3 in 3 runs, plus 1 response with 429\n")
        .contains("partial     made without part 3 (p. 41-60)\n")
        .contains(
            """

            Run 1: the calls of this run are not stored: its dead letter was deleted, its task was lost and queued again, or its answer was made again with more parts

            Run 2: failed with invalid_request, 2 attempts, dead letter 01b7
            STARTED               WORKER  STATUS  RESULT           RETRY-AFTER
            2026-03-01T12:00:02Z  w-1        400  invalid_request  –

            Run 3: completed, 1 attempt
            STARTED               WORKER  STATUS  RESULT  RETRY-AFTER
            2026-03-01T12:00:04Z  w-2        200  ok      –
            """);
  }

  @Test
  void callsOfARouteWithMembersNameThem() {
    producer.reply(
        "GET /api/tasks/01a2",
        """
        {"task":{"id":"01a2","line":3,"custom_id":"doc-3","route":"mini","model":"gpt-4o-mini",\
        "state":"completed","attempts":1,"throttles":0,"finished_at":1772366405},"run":1,\
        "batch_id":"batch_1","history":[{"at":"2026-03-01T12:00:02Z","worker":"w-1","member":"eu",\
        "status":429,"code":"throttled"},{"at":"2026-03-01T12:00:04Z","worker":"w-1",\
        "member":"us","status":200,"code":"completed"}],\
        "request":{"bytes":2,"text":"{}","truncated":false},"reply":null,"why":{"sentence":"Ended."}}""");

    assertThat(CommandRun.of(producer, "task", "01a2").out())
        .contains(
            """
            STARTED               WORKER  MEMBER  STATUS  RESULT     RETRY-AFTER
            2026-03-01T12:00:02Z  w-1     eu         429  throttled  –
            2026-03-01T12:00:04Z  w-1     us         200  completed  –
            """);
  }

  @Test
  void partialAnswerThatCouldNotBeMadeAgainIsExplained() {
    producer.reply(
        "GET /api/tasks/01a2",
        """
        {"task":{"id":"01a2","line":3,"custom_id":"doc-3","route":"mini","model":"gpt-4o-mini",\
        "state":"completed","missing":["part 3"],"attempts":1,"throttles":0,\
        "failure_code":"invalid_request","finished_at":1772366405},"run":2,\
        "batch_id":"batch_1","history":[],"earlier_runs":[],\
        "request":{"bytes":2,"text":"{}","truncated":false},\
        "reply":{"bytes":8,"text":"{\\"a\\":1}","truncated":false},"why":{"sentence":"Ended."}}""");

    CommandRun commandRun = CommandRun.of(producer, "task", "01a2");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(commandRun.out().lines())
        .contains(
            "partial     made without part 3",
            "last run    failed with invalid_request, keeps its answer",
            "Run 2: failed with invalid_request, 1 attempt",
            "{\"a\":1}");
  }

  @Test
  void unknownTaskIsAnError() {
    producer.reject("GET /api/tasks/01a3", 404, FakeProducer.error("No task found."));

    assertThat(CommandRun.of(producer, "task", "01a3").err()).contains("No task found.");
  }
}
