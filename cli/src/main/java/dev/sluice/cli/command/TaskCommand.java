package dev.sluice.cli.command;

import dev.sluice.api.task.TaskSummary;
import dev.sluice.api.task.TaskView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.terminal.KeyValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice task}. */
@Command(
    name = "task",
    description = "Show a task with the calls of all its runs, its request and its result.")
public final class TaskCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(paramLabel = "TASK", description = "Id of the task.")
  private String id = "";

  public TaskCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    ApiResponse<TaskView> task = invocation.client().tasks().get(id);
    return invocation.print(task.json(), () -> lines(task.value()));
  }

  private List<String> lines(TaskView view) {
    TaskRuns runs = new TaskRuns(view);
    List<String> lines = new ArrayList<>(fields(view, runs));
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

  private List<String> fields(TaskView view, TaskRuns runs) {
    TaskSummary task = view.task();
    KeyValueLayout keyValueLayout = new KeyValueLayout(invocation.terminal().columns());
    keyValueLayout.add("task", task.id() + ", " + task.state());
    keyValueLayout.add("waits for", view.why().sentence());
    keyValueLayout.add("batch", "%s, line %d".formatted(view.batchId(), task.line()));
    keyValueLayout.add("custom id", task.customId());
    keyValueLayout.add("route", task.route() + ", " + task.model());
    keyValueLayout.add("attempts", runs.attempts());
    keyValueLayout.add("failed", task.failureCode());
    keyValueLayout.add("error", view.failureDetail());
    keyValueLayout.add("request id", view.requestId());
    return keyValueLayout.lines();
  }
}
