package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.ServedModels;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.output.Output;
import dev.sluice.cli.output.TemporaryFile;
import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.InputProblems;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.BatchEvents;
import dev.sluice.cli.watch.BatchWatcher;
import dev.sluice.cli.watch.ResultLocations;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sluice summarize}: writes the documents into a batch file, submits it, follows the batch
 * and writes the summaries. All checks run before the upload.
 */
@Command(name = "summarize", description = "Summarise the text files below a folder.")
public final class SummarizeCommand implements Callable<Integer> {
  private static final String COMPLETION_WINDOW = "24h";

  private final Invocation invocation;
  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", description = "Folder with the text files.")
  private String folder = "";

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Instruction to the model. Default: \"${DEFAULT-VALUE}\"")
  private String prompt = "Summarise this document in three sentences.";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "Name of the model. Required.")
  private String model = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Output file (.jsonl, .md or .txt). Default: JSON Lines on stdout.")
  private @Nullable String out;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Maximum length of a summary, in tokens. Default: the provider's default.")
  private @Nullable Integer maxTokens;

  @Option(names = "--name", paramLabel = "NAME", description = "Display name of the batch.")
  private @Nullable String name;

  @Option(
      names = "--glob",
      paramLabel = "PATTERN",
      description = "Select files by name (*.md) or path (guides/**). Default: all files.")
  private @Nullable String glob;

  @Option(
      names = "--skip-unreadable",
      description = "Skip files that are not UTF-8 text or are too large, instead of failing.")
  private boolean skipUnreadable;

  @Option(names = "--no-wait", description = "Print the id of the batch and exit.")
  private boolean noWait;

  public SummarizeCommand(Invocation invocation) {
    this.invocation = invocation;
    this.terminal = invocation.terminal();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    Output output = Output.of(out, terminal);
    Format format = Format.of(output.file());
    SluiceClient client = invocation.client();
    BatchEvents events = new BatchEvents(invocation);
    List<String> documents;
    String batch;
    try (TemporaryFile file = new TemporaryFile()) {
      documents = prepare(output, file);
      batch = submit(client, file, documents, events);
    }
    if (noWait) {
      if (!invocation.json()) {
        terminal.out().println(batch);
      }
      terminal.message("Follow it: %s watch %s".formatted(terminal.command(), batch));
      return ExitCode.SUCCESS.code();
    }
    BatchWatcher watcher = new BatchWatcher(invocation, client);
    return finish(watcher.awaitTermination(batch), documents, watcher, output, format, events);
  }

  private void checkOptions() {
    if (model.isBlank()) {
      throw CommandException.usageError("--model is empty: specify a model.");
    }
    if (maxTokens != null && maxTokens < 1) {
      throw CommandException.usageError(
          "--max-tokens (%d) must be at least 1.".formatted(maxTokens));
    }
    if (noWait && out != null) {
      throw CommandException.usageError("--no-wait writes no summaries: remove --out.");
    }
  }

  private List<String> prepare(Output output, TemporaryFile file) throws IOException {
    InputProblems inputProblems = new InputProblems();
    List<Document> found =
        DocumentFinder.documents(folder, NamePattern.of(glob), output.file(), inputProblems);
    if (found.isEmpty() && inputProblems.isEmpty()) {
      throw CommandException.invalidInput(
          glob == null
              ? "Folder %s contains no files.".formatted(folder)
              : "Folder %s contains no files that match --glob %s.".formatted(folder, glob));
    }
    OptionalInt limit = maxTokens == null ? OptionalInt.empty() : OptionalInt.of(maxTokens);
    List<String> documents =
        new BatchFile(new RequestBuilder(model, prompt, limit), inputProblems)
            .write(found, file.path());
    handle(inputProblems, documents);
    return documents;
  }

  private void handle(InputProblems inputProblems, List<String> documents) {
    if (inputProblems.isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>(inputProblems.lines());
    if (!skipUnreadable) {
      lines.add("Nothing was sent. Exclude these files with --skip-unreadable or --glob.");
      throw new CommandException(ExitCode.INVALID_INPUT, lines);
    }
    if (documents.isEmpty()) {
      lines.add("Nothing was sent: no readable file remains.");
      throw new CommandException(ExitCode.INVALID_INPUT, lines);
    }
    lines.forEach(terminal::message);
    terminal.message("Skipped %s.".formatted(HumanFormat.count(inputProblems.count(), "file")));
  }

  private String submit(
      SluiceClient client, TemporaryFile file, List<String> documents, BatchEvents events)
      throws IOException, InterruptedException {
    ServedModels.of(client).check(model);
    terminal.message(
        "Submitting %s (%s) to %s."
            .formatted(
                HumanFormat.count(documents.size(), "document"),
                HumanFormat.bytes(Files.size(file.path())),
                client.url()));
    SubmittedBatch submittedBatch =
        new SubmittedBatch.SubmitRequest(
                file.path(),
                "summarize.jsonl",
                RequestBuilder.ENDPOINT,
                COMPLETION_WINDOW,
                Optional.ofNullable(name),
                OptionalInt.empty())
            .send(client, terminal);
    String batch = submittedBatch.batch();
    terminal.message("Created batch " + batch + ".");
    if (noWait) {
      events.submitted(submittedBatch, documents.size());
    }
    return batch;
  }

  private int finish(
      BatchState batch,
      List<String> documents,
      BatchWatcher watcher,
      Output output,
      Format format,
      BatchEvents events)
      throws IOException, InterruptedException {
    boolean written = !batch.status().equals("failed");
    if (written) {
      new SummaryFile(watcher, output, format).write(batch, documents);
    }
    if (output.file().isPresent()) {
      events.ended(batch, written ? output.file() : Optional.empty());
    }
    String location = out == null || out.equals("-") ? "stdout" : out;
    return watcher.printSummary(batch, ResultLocations.both(batch, location));
  }
}
