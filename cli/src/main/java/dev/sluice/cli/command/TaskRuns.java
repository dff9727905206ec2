package dev.sluice.cli.command;

import dev.sluice.api.task.TaskCall;
import dev.sluice.api.task.TaskView;
import dev.sluice.api.task.TaskView.FailedRun;
import dev.sluice.cli.terminal.HumanFormat;
import java.util.ArrayList;
import java.util.List;

/** Formats the calls of a task by run. */
final class TaskRuns {
  private final TaskView view;
  private final int current;

  TaskRuns(TaskView view) {
    this.view = view;
    this.current = Math.max(1, view.run());
  }

  /** The attempts and responses with status 429 of all runs. */
  String attempts() {
    boolean isFinished = view.task().finishedAt() != null;
    if (current == 1 && !isFinished) {
      return "unknown until the run finishes";
    }
    String runs = current == 1 ? "" : " in %d runs".formatted(current);
    String note = isFinished ? "" : ", without the current run";
    long attempts =
        view.task().attempts() + view.earlierRuns().stream().mapToLong(FailedRun::attempts).sum();
    long throttles =
        view.task().throttles() + view.earlierRuns().stream().mapToLong(FailedRun::throttles).sum();
    return "%s%s, plus %s with 429%s"
        .formatted(
            HumanFormat.count(attempts), runs, HumanFormat.count(throttles, "response"), note);
  }

  /** Whether the last run has failed to make the answer again. */
  boolean keepsAnswer() {
    return view.task().state().equals("completed") && view.task().failureCode() != null;
  }

  /** The calls; with a heading for each run if the task has several. Empty without calls. */
  List<String> lines() {
    if (current == 1) {
      return CallTable.lines(view.history());
    }
    List<String> lines = new ArrayList<>();
    for (int run = 1; run < current; run++) {
      lines.addAll(earlier(run));
      lines.add("");
    }
    boolean finished = view.task().finishedAt() != null;
    String state = keepsAnswer() ? "failed with " + view.task().failureCode() : view.task().state();
    lines.add(heading(current, finished ? state + ", " + attempts(view.task().attempts()) : state));
    lines.addAll(
        calls(
            view.history(),
            finished ? "No call was made." : "The calls of a run are stored when it finishes."));
    return lines;
  }

  private List<String> earlier(int run) {
    return view.earlierRuns().stream()
        .filter(found -> found.run() == run)
        .findFirst()
        .map(TaskRuns::failed)
        .orElseGet(
            () ->
                List.of(
                    heading(
                        run,
                        "the calls of this run are not stored: its dead letter was deleted, its task was lost and queued again, or its answer was made again with more parts")));
  }

  private static List<String> failed(FailedRun run) {
    List<String> lines = new ArrayList<>();
    lines.add(
        heading(
            run.run(),
            "failed with %s, %s, dead letter %s"
                .formatted(run.failureCode(), attempts(run.attempts()), run.deadLetterId())));
    lines.addAll(calls(run.history(), "No call was made."));
    return lines;
  }

  private static List<String> calls(List<TaskCall> history, String ifEmpty) {
    List<String> calls = CallTable.lines(history);
    return calls.isEmpty() ? List.of(ifEmpty) : calls;
  }

  private static String attempts(long number) {
    return HumanFormat.count(number, "attempt");
  }

  private static String heading(int run, String summary) {
    return "Run %d: %s".formatted(run, summary);
  }
}
