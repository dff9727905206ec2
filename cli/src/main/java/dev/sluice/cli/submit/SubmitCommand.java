package dev.sluice.cli.submit;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
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
import java.util.Objects;
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

  @Parameters(
      paramLabel = "FILE.jsonl",
      arity = "0..1",
      description = "The batch file. Required, except with --missing.")
  private @Nullable Path file;

  @Option(
      names = "--missing",
      paramLabel = "BATCH",
      description =
          "Instead of a file, submit the requests of this finished batch that failed, expired or were cancelled.")
  private @Nullable String missing;

  @Option(names = "--name", paramLabel = "NAME", description = "Display name of the batch.")
  private @Nullable String name;

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
      description =
          "Weight relative to the project's other batches, 1-100: 20 gets twice the tokens of 10. Default: 10.")
  private @Nullable Integer priority;

  @Mixin private BatchOptions batchOptions = new BatchOptions();

  @Mixin private CheckOptions checkOptions = new CheckOptions();

  @Option(names = "--watch", description = "Follow the batch until it finishes.")
  private boolean watch;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the output file here. Requires --watch.")
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
    if ((file == null) == (missing == null)) {
      throw CommandException.usageError("Specify either a batch file or --missing BATCH.");
    }
    BatchExtensions extensions = batchOptions.extensions().withCheck(checkOptions.check());
    Optional<Output> output = Optional.ofNullable(out).map(option -> Output.of(option, terminal));
    if (file != null) {
      return submit(file, String.valueOf(file.getFileName()), extensions, output);
    }
    try (TemporaryFile requests = new TemporaryFile()) {
      new MissingRequests(invocation.client(), terminal)
          .write(Objects.requireNonNull(missing), requests.path());
      return submit(requests.path(), missing + "_missing.jsonl", extensions, output);
    }
  }

  private int submit(
      Path batchFile, String filename, BatchExtensions extensions, Optional<Output> output)
      throws IOException, InterruptedException {
    BatchFileCheck.Findings findings = check(batchFile);
    SluiceClient client = invocation.client();
    BatchEvents events = new BatchEvents(invocation);
    SubmittedBatch.SubmitRequest request =
        new SubmittedBatch.SubmitRequest(
            batchFile,
            filename,
            Optional.ofNullable(endpoint).or(findings::endpoint).orElseThrow(),
            completionWindow,
            Optional.ofNullable(name),
            priority(),
            extensions);
    String batch = send(request, client, findings.requests(), events);
    if (!watch) {
      terminal.message("Follow it: %s watch %s".formatted(terminal.command(), batch));
      return ExitCode.SUCCESS.code();
    }
    return follow(batch, client, events, output);
  }

  private int follow(String batch, SluiceClient client, BatchEvents events, Optional<Output> output)
      throws IOException, InterruptedException {
    BatchWatcher watcher = new BatchWatcher(invocation, client);
    BatchState ended = watcher.awaitTermination(batch, events);
    boolean written = output.isPresent() && write(ended, output.get(), watcher);
    events.ended(ended, written ? output.orElseThrow().file() : Optional.empty());
    ResultLocations resultLocations = ResultLocations.of(ended, terminal.command());
    return watcher.printSummary(
        ended, written && out != null ? resultLocations.withOutput(out) : resultLocations);
  }

  private static BatchFileCheck.Findings check(Path batchFile) throws IOException {
    if (!Files.exists(batchFile)) {
      throw CommandException.invalidInput("File %s does not exist.".formatted(batchFile));
    }
    if (!Files.isRegularFile(batchFile) || !Files.isReadable(batchFile)) {
      throw CommandException.invalidInput(
          "Cannot read %s: not a regular file, or permission denied.".formatted(batchFile));
    }
    BatchFileCheck.Findings findings = BatchFileCheck.of(batchFile);
    if (findings.requests() == 0) {
      throw CommandException.invalidInput(
          "%s is empty: a batch needs at least one request.".formatted(batchFile));
    }
    if (!findings.problems().isEmpty()) {
      List<String> lines = new ArrayList<>(findings.problems().lines());
      lines.add("Nothing was sent. Fix %s and submit it again.".formatted(batchFile));
      throw new CommandException(ExitCode.INVALID_INPUT, lines);
    }
    return findings;
  }

  private String send(
      SubmittedBatch.SubmitRequest request, SluiceClient client, long requests, BatchEvents events)
      throws IOException, InterruptedException {
    SubmittedBatch submittedBatch =
        batchOptions
            .submitter(client, terminal)
            .submit(
                request,
                "Submitting %s (%s) to %s."
                    .formatted(
                        HumanFormat.count(requests, "request"),
                        HumanFormat.bytes(Files.size(request.file())),
                        client.url()));
    if (invocation.json()) {
      events.submitted(submittedBatch, requests);
    } else {
      terminal.out().println(submittedBatch.batch());
    }
    return submittedBatch.batch();
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
