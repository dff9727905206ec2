package dev.sluice.cli.command;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.batch.BatchFileCheck;
import dev.sluice.cli.batch.BatchOptions;
import dev.sluice.cli.batch.CheckOptions;
import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.BatchRequest;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.file.Input;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.file.OutputOptions;
import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.HumanFormat;
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
      description = "The batch file, or - for stdin. Required, except with --missing.")
  private @Nullable String file;

  @Option(
      names = "--missing",
      paramLabel = "BATCH",
      description =
          "Instead of a file, submit the requests of this finished batch that failed, expired or were cancelled.")
  private @Nullable String missing;

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

  @Mixin private OutputOptions outputOptions = new OutputOptions();

  public SubmitCommand(Invocation invocation) {
    this.invocation = invocation;
    this.terminal = invocation.terminal();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (outputOptions.isPresent() && !watch) {
      throw CommandException.usageError("--out requires --watch.");
    }
    if ((file == null) == (missing == null)) {
      throw CommandException.usageError("Specify either a batch file or --missing BATCH.");
    }
    BatchExtensions extensions = batchOptions.extensions().withCheck(checkOptions.check());
    Optional<Output> output = output();
    SluiceClient client = invocation.client();
    BatchEvents events = new BatchEvents(invocation);
    String batch = submit(client, extensions, events);
    if (!watch) {
      terminal.message("Follow it: %s watch %s".formatted(terminal.command(), batch));
      return ExitCode.SUCCESS.code();
    }
    return follow(batch, new BatchWatcher(invocation, client), events, output);
  }

  private Optional<Output> output() {
    if (!outputOptions.isPresent()) {
      return Optional.empty();
    }
    Output output = outputOptions.output(terminal);
    outputOptions.checkOverwrite(output);
    return Optional.of(output);
  }

  private String submit(SluiceClient client, BatchExtensions extensions, BatchEvents events)
      throws IOException, InterruptedException {
    if (file == null) {
      String filename = missing + "_missing.jsonl";
      try (TemporaryFile requests = new TemporaryFile()) {
        new MissingRequests(client, terminal)
            .write(Objects.requireNonNull(missing), requests.path());
        BatchFileCheck.Findings findings = check(requests.path(), filename);
        return send(
            request(requests.path(), filename, findings, extensions), findings, client, events);
      }
    }
    Input input = Input.of(file, terminal);
    try (Input.LocalFile batchFile = input.localFile()) {
      BatchFileCheck.Findings findings = check(batchFile.path(), input.name());
      return send(
          request(batchFile.path(), filename(file), findings, extensions),
          findings,
          client,
          events);
    }
  }

  private static String filename(String file) {
    return file.equals(Input.STDIN) ? "stdin.jsonl" : String.valueOf(Path.of(file).getFileName());
  }

  /**
   * Validates the batch file.
   *
   * @param name name of the file for messages
   */
  private static BatchFileCheck.Findings check(Path batchFile, String name) throws IOException {
    BatchFileCheck.Findings findings = BatchFileCheck.of(batchFile);
    if (findings.requests() == 0) {
      throw CommandException.invalidInput(
          "%s is empty: a batch needs at least one request.".formatted(name));
    }
    if (!findings.problems().isEmpty()) {
      List<String> lines = new ArrayList<>(findings.problems().lines());
      lines.add("Nothing was sent. Fix %s and submit it again.".formatted(name));
      throw new CommandException(ExitCode.INVALID_INPUT, lines);
    }
    return findings;
  }

  private BatchRequest request(
      Path batchFile,
      String filename,
      BatchFileCheck.Findings findings,
      BatchExtensions extensions) {
    return new BatchRequest(
        batchFile,
        filename,
        Optional.ofNullable(endpoint).or(findings::endpoint).orElseThrow(),
        completionWindow,
        batchOptions.name(),
        priority(),
        extensions);
  }

  private String send(
      BatchRequest request,
      BatchFileCheck.Findings findings,
      SluiceClient client,
      BatchEvents events)
      throws IOException, InterruptedException {
    SubmittedBatch submittedBatch =
        batchOptions
            .submitter(client, terminal)
            .submit(
                request,
                "Submitting %s (%s) to %s."
                    .formatted(
                        HumanFormat.count(findings.requests(), "request"),
                        HumanFormat.bytes(Files.size(request.file())),
                        client.url()));
    if (!hasDataOnStdout()) {
      if (invocation.json()) {
        events.submitted(submittedBatch, findings.requests());
      } else {
        terminal.out().println(submittedBatch.batch());
      }
    }
    return submittedBatch.batch();
  }

  /** Whether stdout has the output file, and nothing else. */
  private boolean hasDataOnStdout() {
    return outputOptions.isStdout();
  }

  private int follow(
      String batch, BatchWatcher watcher, BatchEvents events, Optional<Output> output)
      throws IOException, InterruptedException {
    BatchProgress finished =
        hasDataOnStdout()
            ? watcher.awaitTermination(batch)
            : watcher.awaitTermination(batch, events);
    boolean written = output.isPresent() && write(finished, output.get(), watcher);
    if (!hasDataOnStdout()) {
      events.finished(finished, written ? output.orElseThrow().file() : Optional.empty());
    }
    ResultLocations resultLocations = ResultLocations.of(finished, terminal.command());
    return watcher.printSummary(
        finished,
        written ? resultLocations.withOutput(output.orElseThrow().location()) : resultLocations);
  }

  private OptionalInt priority() {
    return priority == null ? OptionalInt.empty() : OptionalInt.of(priority);
  }

  private boolean write(BatchProgress batch, Output output, BatchWatcher watcher)
      throws IOException, InterruptedException {
    String fileId = batch.outputFileId();
    if (fileId == null) {
      terminal.message("No task succeeded, so there is no output file. --out was not written.");
      return false;
    }
    try (TemporaryFile copy = new TemporaryFile()) {
      watcher.download(fileId, copy.path());
      output.write(target -> Files.copy(copy.path(), target));
    }
    return true;
  }
}
