package dev.sluice.cli.command;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.KeyValueLayout;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

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
    JsonNode response = invocation.client().task(id);
    if (invocation.json()) {
      invocation.print(response);
    } else {
      print(response);
    }
    return ExitCode.SUCCESS.code();
  }

  private void print(JsonNode response) {
    PrintStream out = invocation.terminal().out();
    TaskRuns runs = new TaskRuns(response);
    fields(response, runs).forEach(out::println);
    List<String> calls = runs.lines();
    if (!calls.isEmpty()) {
      out.println();
      calls.forEach(out::println);
    }
    out.println();
    out.println(text(response.path("request"), "text"));
    if (response.path("reply").isObject()) {
      out.println();
      out.println(text(response.path("reply"), "text"));
    }
  }

  private List<String> fields(JsonNode response, TaskRuns runs) {
    JsonNode task = response.path("task");
    KeyValueLayout keyValueLayout = new KeyValueLayout(invocation.terminal().columns());
    keyValueLayout.add("task", text(task, "id") + ", " + text(task, "state"));
    keyValueLayout.add("waits for", text(response.path("why"), "sentence"));
    keyValueLayout.add(
        "batch", "%s, line %d".formatted(text(response, "batch_id"), task.path("line").asLong()));
    keyValueLayout.add("custom id", text(task, "custom_id"));
    keyValueLayout.add("route", text(task, "route") + ", " + text(task, "model"));
    keyValueLayout.add("attempts", runs.attempts());
    keyValueLayout.add("failed", text(task, "failure_code"));
    keyValueLayout.add("error", text(response, "failure_detail"));
    keyValueLayout.add("request id", text(response, "request_id"));
    return keyValueLayout.lines();
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }
}
