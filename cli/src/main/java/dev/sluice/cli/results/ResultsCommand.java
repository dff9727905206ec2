package dev.sluice.cli.results;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.output.Output;
import dev.sluice.cli.output.TemporaryFile;
import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice results}. */
@Command(name = "results", description = "Print a batch's output file, as JSON lines.")
public final class ResultsCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(paramLabel = "BATCH", description = "The batch's id.")
  private String batch = "";

  @Option(names = "--out", paramLabel = "FILE", description = "Write it here (stdout).")
  private @Nullable String out;

  @Option(names = "--errors", description = "The error file instead.")
  private boolean errors;

  public ResultsCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Output output = Output.of(out, invocation.terminal());
    SluiceClient client = invocation.client();
    BatchState state = client.batch(batch);
    checkEnded(state);
    Optional<String> fileId = errors ? state.errorFile() : state.outputFile();
    if (fileId.isEmpty()) {
      return nothing(state);
    }
    Optional<Path> file = output.file();
    if (file.isEmpty()) {
      output.write(target -> client.download(fileId.get(), target));
      return ExitCode.DONE.code();
    }
    try (TemporaryFile copy = new TemporaryFile()) {
      client.download(fileId.get(), copy.path());
      output.write(target -> Files.copy(copy.path(), target));
      tell(state, file.get(), Files.size(copy.path()));
    }
    return ExitCode.DONE.code();
  }

  private void checkEnded(BatchState state) {
    if (!state.ended()) {
      throw new CommandException(
          ExitCode.BATCH_FAILED,
          "Batch %s is %s (%s of %s done): results come when it has ended. Watch it: %s watch %s"
              .formatted(
                  state.id(),
                  state.status(),
                  HumanFormat.count(state.completed()),
                  HumanFormat.count(state.total()),
                  command(),
                  state.id()));
    }
  }

  private int nothing(BatchState state) {
    if (errors && !state.status().equals("failed")) {
      invocation
          .terminal()
          .say("Batch %s has no error file: no task failed.".formatted(state.id()));
      if (invocation.json()) {
        invocation.print(JsonValues.object().put("batch", state.id()).put("errors", 0));
      }
      return ExitCode.DONE.code();
    }
    String why =
        state.status().equals("failed")
            ? "it failed its validation. See: %s status %s".formatted(command(), state.id())
            : "no task succeeded. See: %s results %s --errors".formatted(command(), state.id());
    throw new CommandException(
        ExitCode.BATCH_FAILED,
        "Batch %s has no %s file: %s".formatted(state.id(), errors ? "error" : "output", why));
  }

  private String command() {
    return invocation.terminal().command();
  }

  private void tell(BatchState state, Path file, long bytes) {
    if (invocation.json()) {
      invocation.print(
          JsonValues.object()
              .put("batch", state.id())
              .put("output", file.toString())
              .put("bytes", bytes));
    }
    invocation.terminal().say("%s bytes written to %s.".formatted(HumanFormat.count(bytes), out));
  }
}
