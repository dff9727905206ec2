package dev.sluice.cli.command;

import dev.sluice.api.task.TaskView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
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
    return invocation.print(
        task.json(), () -> TaskReport.lines(task.value(), invocation.terminal().columns()));
  }
}
