package dev.sluice.cli.submit;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.input.Input;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.output.Output;
import dev.sluice.cli.output.TemporaryFile;
import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.BatchEvents;
import dev.sluice.cli.watch.BatchWatcher;
import dev.sluice.cli.watch.ResultLocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice submit}. */
@Command(name = "submit", description = "Submit a batch file in OpenAI's format.")
public final class SubmitCommand implements Callable<Integer> {
  private final Invocation invocation;
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE.jsonl", description = "The batch file, or - for stdin.")
  private String file = "";

  @Option(
      names = "--endpoint",
      paramLabel = "PATH",
      description = "Endpoint of the requests. Default: the \"url\" of the first line.")
  private @Nullable String endpoint;

  @Option(
      names = "--completion-window",
      paramLabel = "TIME",
      description = "Maximum duration of the batch. Default: ${DEFAULT-VALUE}.")
  private String completionWindow = "24h";

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "Weight relative to the project's other batches, 1-100. Default: 10.")
  private @Nullable Integer priority;

  @Mixin private BatchOptions batchOptions = new BatchOptions();

  @Option(names = "--watch", description = "Follow the batch until it finishes.")
  private boolean watch;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the output file here, or - for stdout. Requires --watch.")
  private @Nullable String out;

  public SubmitCommand(Invocation invocation) {
    this.invocation = invocation;
    this.terminal = invocation.terminal();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (out != null && !watch) {
      throw CommandException.usageError("--out requires --watch.");
    }
    BatchExtensions extensions = batchOptions.extensions(/* defaultStopAfter= */ "never");
    Optional<Output> output = Optional.ofNullable(out).map(option -> Output.of(option, terminal));
    Input input = Input.of(file, terminal);
    SluiceClient client = invocation.client();
    String batch;
    try (Input.LocalFile batchFile = input.localFile()) {
      batch = send(client, batchFile.path(), check(batchFile.path(), input), extensions);
    }
    if (!watch) {
      terminal.message("Follow it: %s watch %s".formatted(terminal.command(), batch));
      return ExitCode.SUCCESS.code();
    }
    BatchWatcher watcher = new BatchWatcher(invocation, client);
    return hasDataOnStdout()
        ? finish(watcher.awaitTermination(batch), output, watcher)
        : finish(watcher.awaitTermination(batch, new BatchEvents(invocation)), output, watcher);
  }

  private BatchFileCheck.Findings check(Path batchFile, Input input) throws IOException {
    BatchFileCheck.Findings findings = BatchFileCheck.of(batchFile);
    if (findings.requests() == 0) {
      throw CommandException.invalidInput(
          "%s is empty: a batch needs at least one request.".formatted(input.name()));
    }
    if (!findings.problems().isEmpty()) {
      List<String> lines = new ArrayList<>(findings.problems().lines());
      lines.add("Nothing was sent. Fix %s and submit it again.".formatted(input.name()));
      throw new CommandException(ExitCode.INVALID_INPUT, lines);
    }
    return findings;
  }

  private String send(
      SluiceClient client,
      Path batchFile,
      BatchFileCheck.Findings findings,
      BatchExtensions extensions)
      throws IOException, InterruptedException {
    String path = Optional.ofNullable(endpoint).or(findings::endpoint).orElseThrow();
    // Fails before the upload if the API key is invalid.
    client.status();
    SubmittedBatch submittedBatch =
        new SubmittedBatch.SubmitRequest(
                batchFile,
                filename(),
                path,
                completionWindow,
                batchOptions.name(),
                priority(),
                extensions)
            .send(client, terminal);
    if (hasDataOnStdout()) {
      terminal.message("Created batch " + submittedBatch.batch() + ".");
    } else if (invocation.json()) {
      new BatchEvents(invocation).submitted(submittedBatch, findings.requests());
    } else {
      terminal.out().println(submittedBatch.batch());
    }
    terminal.message("Submitted %s.".formatted(HumanFormat.count(findings.requests(), "request")));
    return submittedBatch.batch();
  }

  /** Whether stdout has the output file, and nothing else. */
  private boolean hasDataOnStdout() {
    return Output.STDOUT.equals(out);
  }

  private String filename() {
    return file.equals(Input.STDIN) ? "stdin.jsonl" : String.valueOf(Path.of(file).getFileName());
  }

  private int finish(BatchState ended, Optional<Output> output, BatchWatcher watcher)
      throws IOException, InterruptedException {
    boolean written = output.isPresent() && write(ended, output.get(), watcher);
    if (!hasDataOnStdout()) {
      new BatchEvents(invocation)
          .ended(ended, written ? output.orElseThrow().file() : Optional.empty());
    }
    ResultLocations resultLocations = ResultLocations.of(ended, terminal.command());
    return watcher.printSummary(
        ended,
        written ? resultLocations.withOutput(output.orElseThrow().location()) : resultLocations);
  }

  private OptionalInt priority() {
    return priority == null ? OptionalInt.empty() : OptionalInt.of(priority);
  }

  private boolean write(BatchState batch, Output output, BatchWatcher watcher)
      throws IOException, InterruptedException {
    if (batch.outputFile().isEmpty()) {
      terminal.message("No task succeeded, so there is no output file. --out was not written.");
      return false;
    }
    try (TemporaryFile copy = new TemporaryFile()) {
      watcher.download(batch.outputFile().get(), copy.path());
      output.write(target -> Files.copy(copy.path(), target));
    }
    return true;
  }
}
