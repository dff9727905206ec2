package dev.sluice.cli.command.deadletter;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.json.JsonValues;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice retry}: {@code dead-letters replay --batch}, for all failed tasks of a batch. */
@Command(
    name = "retry",
    description = "Send the failed requests of a batch again, as tasks of the same batch.")
public final class RetryCommand implements Callable<Integer> {
  /** The producer's maxima for a bulk job. */
  private static final int MAX_DEAD_LETTERS = 1_000_000;

  private static final int MAX_PER_SECOND = 200;

  private final Invocation invocation;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Reason, recorded in the audit log. Default: ${DEFAULT-VALUE}.")
  private String reason = "sluice retry";

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "Maximum requests per second that are queued again. Default: ${DEFAULT-VALUE}.")
  private int perSecond = MAX_PER_SECOND;

  public RetryCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    invocation.client().batches().get(batch);
    ObjectNode request = JsonValues.object().put("reason", reason);
    String operator = invocation.terminal().environment().get("USER");
    if (operator != null) {
      request.put("operator", operator);
    }
    request
        .put("action", "replay")
        .put("dry_run", false)
        .put("limit", MAX_DEAD_LETTERS)
        .put("per_second", perSecond)
        .putObject("filter")
        .put("batch", batch);
    int exitCode = new BulkJobRun(invocation).run(request);
    invocation
        .terminal()
        .message("Follow it: %s watch %s".formatted(invocation.terminal().command(), batch));
    return exitCode;
  }
}
