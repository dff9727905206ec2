package dev.sluice.cli.command;

import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.BatchesApi;
import dev.sluice.cli.client.Invocation;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice cancel}, {@code pause} and {@code resume}. */
public abstract class BatchControlCommands implements Callable<Integer> {
  private final Invocation invocation;
  private final BiFunction<BatchesApi, String, ApiResponse<?>> action;
  private final String confirmation;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  private BatchControlCommands(
      Invocation invocation,
      BiFunction<BatchesApi, String, ApiResponse<?>> action,
      String confirmation) {
    this.invocation = invocation;
    this.action = action;
    this.confirmation = confirmation;
  }

  @Override
  public Integer call() {
    return invocation.confirm(
        action.apply(invocation.client().batches(), batch).json(),
        confirmation.formatted(batch, invocation.terminal().command()));
  }

  /** {@code sluice cancel}. */
  @Command(
      name = "cancel",
      description = "Cancel a batch. Running calls finish; no further calls are made.")
  public static final class Cancel extends BatchControlCommands {
    public Cancel(Invocation invocation) {
      super(invocation, BatchesApi::cancel, "Cancelling %s. Running calls finish.");
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
          BatchesApi::pause,
          "Paused %1$s. Its completion window still applies. Resume it: %2$s resume %1$s");
    }
  }

  /** {@code sluice resume}. */
  @Command(name = "resume", description = "Resume a paused batch.")
  public static final class Resume extends BatchControlCommands {
    public Resume(Invocation invocation) {
      super(invocation, BatchesApi::resume, "Resumed %s.");
    }
  }
}
