package dev.sluice.cli.command;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice cancel}, {@code pause} and {@code resume}. */
public abstract class BatchControlCommands implements Callable<Integer> {
  private final Invocation invocation;
  private final BiFunction<SluiceClient, String, JsonNode> action;
  private final String confirmation;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  private BatchControlCommands(
      Invocation invocation,
      BiFunction<SluiceClient, String, JsonNode> action,
      String confirmation) {
    this.invocation = invocation;
    this.action = action;
    this.confirmation = confirmation;
  }

  @Override
  public Integer call() {
    JsonNode response = action.apply(invocation.client(), batch);
    if (invocation.json()) {
      invocation.print(response);
    } else {
      invocation.terminal().message(confirmation.formatted(batch, invocation.terminal().command()));
    }
    return ExitCode.SUCCESS.code();
  }

  /** {@code sluice cancel}. */
  @Command(
      name = "cancel",
      description = "Cancel a batch. Running calls finish; no further calls are made.")
  public static final class Cancel extends BatchControlCommands {
    public Cancel(Invocation invocation) {
      super(invocation, SluiceClient::cancel, "Cancelling %s. Running calls finish.");
    }
  }

  /** {@code sluice pause}. */
  @Command(
      name = "pause",
      description =
          "Pause a batch. Running calls finish; no further calls are made until `resume`.")
  public static final class Pause extends BatchControlCommands {
    public Pause(Invocation invocation) {
      super(
          invocation,
          SluiceClient::pause,
          "Paused %1$s. Its completion window still applies. Resume it: %2$s resume %1$s");
    }
  }

  /** {@code sluice resume}. */
  @Command(name = "resume", description = "Resume a paused batch.")
  public static final class Resume extends BatchControlCommands {
    public Resume(Invocation invocation) {
      super(invocation, SluiceClient::resume, "Resumed %s.");
    }
  }
}
