package dev.sluice.cli.command;

import dev.sluice.cli.terminal.HumanFormat;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Formats the calls of a task by run. */
final class TaskRuns {
  private final JsonNode response;
  private final JsonNode task;
  private final int current;

  TaskRuns(JsonNode response) {
    this.response = response;
    this.task = response.path("task");
    this.current = response.path("run").asInt(1);
  }

  /** The attempts and rate-limited calls of all runs. */
  String attempts() {
    String runs = current == 1 ? "" : " in %d runs".formatted(current);
    return "%s%s, plus %s"
        .formatted(
            HumanFormat.count(sum("attempts")),
            runs,
            HumanFormat.count(sum("throttles"), "rate-limited call"));
  }

  private long sum(String name) {
    return task.path(name).asLong()
        + response
            .path("earlier_runs")
            .valueStream()
            .mapToLong(run -> run.path(name).asLong())
            .sum();
  }

  /** The calls; with a heading for each run if the task has several. Empty without calls. */
  List<String> lines() {
    if (current == 1) {
      return AttemptTable.lines(response.path("history"));
    }
    List<String> lines = new ArrayList<>();
    for (int run = 1; run < current; run++) {
      lines.addAll(earlier(run));
      lines.add("");
    }
    boolean ended = task.path("finished_at").isNumber();
    String state = task.path("state").asString("");
    lines.add(heading(current, ended ? state + ", " + attemptsOf(task) : state));
    lines.addAll(
        calls(
            response, ended ? "No call was made." : "The calls of a run are stored when it ends."));
    return lines;
  }

  private List<String> earlier(int run) {
    return response
        .path("earlier_runs")
        .valueStream()
        .filter(found -> found.path("run").asInt() == run)
        .findFirst()
        .map(found -> failed(run, found))
        .orElseGet(
            () ->
                List.of(
                    heading(
                        run,
                        "the calls of this run are not stored: its dead letter was deleted, or its task was lost and queued again")));
  }

  private static List<String> failed(int run, JsonNode found) {
    List<String> lines = new ArrayList<>();
    lines.add(
        heading(
            run,
            "failed with %s, %s, dead letter %s"
                .formatted(
                    found.path("failure_code").asString(""),
                    attemptsOf(found),
                    found.path("dead_letter_id").asString(""))));
    lines.addAll(calls(found, "No call was made."));
    return lines;
  }

  private static List<String> calls(JsonNode run, String ifEmpty) {
    List<String> calls = AttemptTable.lines(run.path("history"));
    return calls.isEmpty() ? List.of(ifEmpty) : calls;
  }

  private static String attemptsOf(JsonNode run) {
    return HumanFormat.count(run.path("attempts").asLong(), "attempt");
  }

  private static String heading(int run, String summary) {
    return "Run %d: %s".formatted(run, summary);
  }
}
