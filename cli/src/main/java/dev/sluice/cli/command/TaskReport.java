package dev.sluice.cli.command;

import dev.sluice.api.task.TaskSummary;
import dev.sluice.api.task.TaskView;
import dev.sluice.cli.terminal.KeyValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Formats a task for the terminal. */
public final class TaskReport {
  private TaskReport() {}

  /**
   * The task, the calls of its runs, its request and its reply.
   *
   * @param columns maximum width of a value
   */
  public static List<String> lines(TaskView view, int columns) {
    TaskRuns runs = new TaskRuns(view);
    List<String> lines = new ArrayList<>(fields(view, runs, columns));
    List<String> calls = runs.lines();
    if (!calls.isEmpty()) {
      lines.add("");
      lines.addAll(calls);
    }
    lines.add("");
    lines.add(view.request().text());
    if (view.reply() != null) {
      lines.add("");
      lines.add(view.reply().text());
    }
    return lines;
  }

  private static List<String> fields(TaskView view, TaskRuns runs, int columns) {
    TaskSummary task = view.task();
    KeyValueLayout keyValueLayout = new KeyValueLayout(columns);
    keyValueLayout.add("task", task.id() + ", " + task.state());
    keyValueLayout.add("waits for", view.why().sentence());
    keyValueLayout.add("batch", "%s, line %d".formatted(view.batchId(), task.line()));
    keyValueLayout.add("custom id", task.customId());
    keyValueLayout.add("route", task.route() + ", " + task.model());
    keyValueLayout.add("attempts", runs.attempts());
    if (!task.missing().isEmpty()) {
      keyValueLayout.add("partial", "made without " + String.join(", ", task.missing()));
    }
    if (runs.keepsAnswer()) {
      keyValueLayout.add(
          "last run", "failed with %s, keeps its answer".formatted(task.failureCode()));
    } else {
      keyValueLayout.add("failed", task.failureCode());
    }
    keyValueLayout.add("error", view.failureDetail());
    keyValueLayout.add("request id", view.requestId());
    return keyValueLayout.lines();
  }
}
