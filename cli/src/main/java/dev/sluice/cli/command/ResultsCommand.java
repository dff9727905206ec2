package dev.sluice.cli.command;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.file.OutputOptions;
import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.summarize.SummaryDownload;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.HumanFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice results}. */
@Command(name = "results", description = "Download the results of a batch.")
public final class ResultsCommand implements Callable<Integer> {
  private static final String LINES = "lines";
  private static final String SUMMARIES = "summaries";

  private final Invocation invocation;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Mixin private OutputOptions outputOptions = new OutputOptions();

  @Option(names = "--errors", description = "Download the error file instead.")
  private boolean errors;

  @Option(
      names = "--as",
      paramLabel = "lines|summaries",
      description =
          "Format: lines of OpenAI's output file, or what summarize writes (.jsonl, .md or .txt). Default: lines.")
  private String as = LINES;

  @Option(
      names = "--follow",
      description =
          "Print each result on stdout as soon as it is stored, also the failed ones, until the batch finishes.")
  private boolean follow;

  @Option(
      names = "--after",
      paramLabel = "CURSOR",
      description = "With --follow: only results after the one with this \"sluice.cursor\".")
  private @Nullable String after;

  public ResultsCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    if (follow) {
      return new ResultStream(invocation).print(batch, after);
    }
    Output output = outputOptions.output(invocation.terminal());
    outputOptions.checkOverwrite(output);
    Optional<SummaryDownload> summaries =
        as.equals(SUMMARIES)
            ? Optional.of(new SummaryDownload(invocation, output))
            : Optional.empty();
    SluiceClient client = invocation.client();
    BatchProgress state = client.batches().get(batch);
    checkTerminal(state);
    return summaries.isPresent() ? summaries.get().write(state) : download(client, state, output);
  }

  private void checkOptions() {
    if (!as.equals(LINES) && !as.equals(SUMMARIES)) {
      throw CommandException.usageError("--as %s must be lines or summaries.".formatted(as));
    }
    if (as.equals(SUMMARIES) && errors) {
      throw CommandException.usageError(
          "--as summaries has the errors in their places: remove --errors.");
    }
    if (follow && (outputOptions.isPresent() || errors || as.equals(SUMMARIES))) {
      throw CommandException.usageError(
          "--follow prints all results on stdout: remove --out, --errors and --as.");
    }
    if (after != null && !follow) {
      throw CommandException.usageError("--after requires --follow.");
    }
  }

  private int download(SluiceClient client, BatchProgress state, Output output)
      throws IOException, InterruptedException {
    String fileId = errors ? state.errorFileId() : state.outputFileId();
    if (fileId == null) {
      return noFile(state);
    }
    Optional<Path> file = output.file();
    if (file.isEmpty()) {
      output.write(target -> client.files().download(fileId, target));
      return ExitCode.SUCCESS.code();
    }
    try (TemporaryFile copy = new TemporaryFile()) {
      client.files().download(fileId, copy.path());
      output.write(target -> Files.copy(copy.path(), target));
      report(state, file.get(), output.location(), Files.size(copy.path()));
    }
    return ExitCode.SUCCESS.code();
  }

  private void checkTerminal(BatchProgress state) {
    if (!state.hasFinished()) {
      throw new CommandException(
          ExitCode.BATCH_FAILED,
          "Batch %s is %s (%s of %s completed): the files are available when it has finished. Print its results as they arrive: %s results %s --follow"
              .formatted(
                  state.id(),
                  state.status(),
                  HumanFormat.count(state.completed()),
                  HumanFormat.count(state.total()),
                  command(),
                  state.id()));
    }
  }

  private int noFile(BatchProgress state) {
    if (errors && !state.status().equals("failed")) {
      invocation
          .terminal()
          .message("Batch %s has no error file: no task failed.".formatted(state.id()));
      if (invocation.json()) {
        invocation.print(JsonValues.object().put("batch", state.id()).put("errors", 0));
      }
      return ExitCode.SUCCESS.code();
    }
    String reason =
        state.status().equals("failed")
            ? "validation failed. See: %s status %s".formatted(command(), state.id())
            : "no task succeeded. See: %s results %s --errors".formatted(command(), state.id());
    throw new CommandException(
        ExitCode.BATCH_FAILED,
        "Batch %s has no %s file: %s".formatted(state.id(), errors ? "error" : "output", reason));
  }

  private String command() {
    return invocation.terminal().command();
  }

  private void report(BatchProgress state, Path file, String location, long bytes) {
    if (invocation.json()) {
      invocation.print(
          JsonValues.object()
              .put("batch", state.id())
              .put("output", file.toString())
              .put("bytes", bytes));
    }
    invocation
        .terminal()
        .message("Wrote %s bytes to %s.".formatted(HumanFormat.count(bytes), location));
  }
}
