package dev.sluice.cli.submit;

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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice submit}. */
@Command(name = "submit", description = "Send a batch file as OpenAI specifies it.")
public final class SubmitCommand implements Callable<Integer> {
  private final Invocation invocation;
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE.jsonl", description = "The batch file.")
  private Path file = Path.of("");

  @Option(names = "--name", paramLabel = "NAME", description = "A name for the batch.")
  private @Nullable String name;

  @Option(
      names = "--endpoint",
      paramLabel = "PATH",
      description = "The path that the lines call (the first line's \"url\").")
  private @Nullable String endpoint;

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description = "How long it may take (${DEFAULT-VALUE}).")
  private String window = "24h";

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "Its weight against other batches, 1-100 (10).")
  private @Nullable Integer priority;

  @Option(names = "--watch", description = "Follow the batch until it ends.")
  private boolean watch;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "With --watch: write the output file here.")
  private @Nullable String out;

  public SubmitCommand(Invocation invocation) {
    this.invocation = invocation;
    this.terminal = invocation.terminal();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (out != null && !watch) {
      throw CommandException.wrongUsage("--out needs --watch.");
    }
    Optional<Output> output = Optional.ofNullable(out).map(option -> Output.of(option, terminal));
    BatchFileCheck.Findings findings = check();
    SluiceClient client = invocation.client();
    BatchEvents events = new BatchEvents(invocation);
    String batch = send(client, findings, events);
    if (!watch) {
      terminal.say("Watch it: %s watch %s".formatted(terminal.command(), batch));
      return ExitCode.DONE.code();
    }
    BatchWatcher watcher = new BatchWatcher(invocation, client);
    BatchState ended = watcher.untilItEnds(batch, events);
    boolean written = output.isPresent() && write(ended, output.get(), watcher);
    events.ended(ended, written ? output.orElseThrow().file() : Optional.empty());
    ResultLocations resultLocations = ResultLocations.of(ended, terminal.command());
    return watcher.close(
        ended, written && out != null ? resultLocations.withOutput(out) : resultLocations);
  }

  private BatchFileCheck.Findings check() throws IOException {
    if (!Files.exists(file)) {
      throw CommandException.badInput("There is no file %s.".formatted(file));
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw CommandException.badInput(
          "%s cannot be read: it is no file, or not yours.".formatted(file));
    }
    BatchFileCheck.Findings findings = BatchFileCheck.of(file);
    if (findings.requests() == 0) {
      throw CommandException.badInput(
          "%s is empty: a batch needs a request on a line.".formatted(file));
    }
    if (!findings.problems().none()) {
      List<String> lines = new ArrayList<>(findings.problems().lines());
      lines.add("Nothing was sent: mend %s.".formatted(file));
      throw new CommandException(ExitCode.BAD_INPUT, lines);
    }
    return findings;
  }

  private String send(SluiceClient client, BatchFileCheck.Findings findings, BatchEvents events)
      throws IOException, InterruptedException {
    String path = Optional.ofNullable(endpoint).or(findings::endpoint).orElseThrow();
    String filename = String.valueOf(file.getFileName());
    // Asked before the upload: it refuses a wrong key.
    client.status();
    SubmittedBatch submittedBatch =
        new SubmittedBatch.SubmitRequest(
                file, filename, path, window, Optional.ofNullable(name), weight())
            .send(client, terminal);
    if (invocation.json()) {
      events.submitted(submittedBatch, findings.requests());
    } else {
      terminal.out().println(submittedBatch.batch());
    }
    terminal.say(HumanFormat.count(findings.requests(), "request") + " sent.");
    return submittedBatch.batch();
  }

  private OptionalInt weight() {
    return priority == null ? OptionalInt.empty() : OptionalInt.of(priority);
  }

  private boolean write(BatchState batch, Output output, BatchWatcher watcher)
      throws IOException, InterruptedException {
    if (batch.outputFile().isEmpty()) {
      terminal.say("There is no output file: no task succeeded. --out was not written.");
      return false;
    }
    try (TemporaryFile copy = new TemporaryFile()) {
      watcher.download(batch.outputFile().get(), copy.path());
      output.write(target -> Files.copy(copy.path(), target));
    }
    return true;
  }
}
