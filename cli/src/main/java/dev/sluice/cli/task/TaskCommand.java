package dev.sluice.cli.task;

import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.layout.KeyValueLayout;
import dev.sluice.cli.terminal.ExitCode;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice task}. */
@Command(name = "task", description = "A task with its calls, its request and what came of it.")
public final class TaskCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(paramLabel = "TASK", description = "The id of the task.")
  private String id = "";

  public TaskCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    JsonNode seen = invocation.client().task(id);
    if (invocation.json()) {
      invocation.print(seen);
    } else {
      print(seen);
    }
    return ExitCode.DONE.code();
  }

  private void print(JsonNode seen) {
    PrintStream out = invocation.terminal().out();
    facts(seen).forEach(out::println);
    List<String> calls = AttemptTable.lines(seen.path("history"));
    if (!calls.isEmpty()) {
      out.println();
      calls.forEach(out::println);
    }
    out.println();
    out.println(text(seen.path("request"), "text"));
    if (seen.path("reply").isObject()) {
      out.println();
      out.println(text(seen.path("reply"), "text"));
    }
  }

  private List<String> facts(JsonNode seen) {
    JsonNode task = seen.path("task");
    KeyValueLayout keyValueLayout = new KeyValueLayout(invocation.terminal().columns());
    keyValueLayout.add("task", text(task, "id") + ", " + text(task, "state"));
    keyValueLayout.add("waits", text(seen.path("why"), "sentence"));
    keyValueLayout.add(
        "batch", "%s, line %d".formatted(text(seen, "batch_id"), task.path("line").asLong()));
    keyValueLayout.add("name", text(task, "custom_id"));
    keyValueLayout.add("route", text(task, "route") + ", " + text(task, "model"));
    keyValueLayout.add(
        "attempts",
        "%d, and %d rate limits"
            .formatted(task.path("attempts").asInt(), task.path("throttles").asInt()));
    keyValueLayout.add("failed", text(task, "failure_code"));
    keyValueLayout.add("error", text(seen, "failure_detail"));
    keyValueLayout.add("request id", text(seen, "request_id"));
    return keyValueLayout.lines();
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }
}
