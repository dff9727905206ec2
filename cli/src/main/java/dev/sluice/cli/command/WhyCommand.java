package dev.sluice.cli.command;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice why}. */
@Command(
    name = "why",
    aliases = "explain",
    description = "Explain what a batch or task waits for, and for how long.")
public final class WhyCommand implements Callable<Integer> {
  private static final String BATCH_PREFIX = "batch_";

  private final Invocation invocation;

  @Parameters(paramLabel = "BATCH|TASK", description = "Id of a batch or task.")
  private String id = "";

  public WhyCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    JsonNode reason =
        id.startsWith(BATCH_PREFIX)
            ? invocation.client().whyBatch(id)
            : invocation.client().whyTask(id);
    if (invocation.json()) {
      invocation.print(reason);
    } else {
      invocation.terminal().out().println(reason.path("sentence").asString(""));
    }
    return ExitCode.SUCCESS.code();
  }
}
