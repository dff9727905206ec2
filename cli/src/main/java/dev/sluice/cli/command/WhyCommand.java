package dev.sluice.cli.command;

import dev.sluice.api.route.WaitReason;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
    SluiceClient client = invocation.client();
    ApiResponse<WaitReason> reason =
        id.startsWith(BATCH_PREFIX) ? client.batches().why(id) : client.tasks().why(id);
    return invocation.print(reason.json(), () -> List.of(reason.value().sentence()));
  }
}
