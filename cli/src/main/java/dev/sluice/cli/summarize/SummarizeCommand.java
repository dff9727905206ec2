package dev.sluice.cli.summarize;

import dev.sluice.cli.batch.Answers;
import dev.sluice.cli.batch.BatchOptions;
import dev.sluice.cli.batch.BatchRunner;
import dev.sluice.cli.batch.CheckOptions;
import dev.sluice.cli.batch.RequestBuilder;
import dev.sluice.cli.batch.RequestOptions;
import dev.sluice.cli.batch.RequestOrder;
import dev.sluice.cli.batch.SampleOptions;
import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.ServedModels;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.file.OutputOptions;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.InputProblems;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.BatchEvents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sluice summarize}: writes the documents into a batch file, submits it, follows the batch
 * and writes the summaries. All checks run before the upload.
 */
@Command(name = "summarize", description = "Summarise the documents below a folder.")
public final class SummarizeCommand implements Callable<Integer> {
  private static final String DEFAULT_PROMPT = "Summarise this document in three sentences.";

  private final Invocation invocation;
  private final Terminal terminal;

  @Mixin private RequestOptions requestOptions = new RequestOptions();
  @Mixin private BatchOptions batchOptions = new BatchOptions();
  @Mixin private CheckOptions checkOptions = new CheckOptions();
  @Mixin private LongDocumentOptions longDocumentOptions = new LongDocumentOptions();
  @Mixin private SampleOptions sampleOptions = new SampleOptions();
  @Mixin private OutputOptions outputOptions = new OutputOptions();

  @Parameters(
      paramLabel = "DIR",
      description =
          "Folder with the documents: plain text, PDF, Office files, HTML, EPUB, RTF, e-mail.")
  private String folder = "";

  @Option(
      names = "--glob",
      paramLabel = "PATTERN",
      description = "Select files by name (*.md) or path (guides/**). Default: all files.")
  private @Nullable String glob;

  @Option(
      names = "--skip-unreadable",
      description = "Skip files that have no readable text or are too large, instead of failing.")
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
    Output output = outputOptions.output(terminal);
    Format format = Format.of(output.file());
    outputOptions.checkOverwrite(output);
    BatchExtensions extensions = batchOptions.extensions().withCheck(checkOptions.check());
    String prompt = requestOptions.prompt().orElse(DEFAULT_PROMPT);
    SluiceClient client = invocation.client();
    InputProblems inputProblems = new InputProblems();
    List<Document> found = find(output, inputProblems);
    RequestBuilder requestBuilder = requestOptions.builder(client);
    LongDocuments longDocuments =
        longDocumentOptions.longDocuments(client, found, requestBuilder, prompt);
    try (BatchFile.DocumentRequests documents =
        write(
            found,
            reader ->
                new BatchFile(requestBuilder, prompt, reader, longDocuments, inputProblems))) {
      handle(inputProblems, documents.documents());
      longDocuments.message().ifPresent(terminal::message);
      ServedModels.of(client).check(requestOptions.model());
      BatchRunner runner =
          new BatchRunner(
              invocation,
              batchOptions.submitter(client, terminal),
              new BatchRunner.BatchSettings(
                  batchOptions.name(), extensions, "summarize.jsonl", "document"));
      return noWait ? submit(runner, documents) : follow(runner, documents, format, output);
    }
  }

  private void checkOptions() {
    requestOptions.check();
    longDocumentOptions.check();
    if (noWait && sampleOptions.isSelected()) {
      throw CommandException.usageError("--sample waits for its documents: remove --no-wait.");
    }
    sampleOptions.check(terminal);
    if (noWait && outputOptions.isPresent()) {
      throw CommandException.usageError("--no-wait writes no summaries: remove --out.");
    }
  }

  private List<Document> find(Output output, InputProblems inputProblems) {
    List<Document> found =
        DocumentFinder.documents(folder, NamePattern.of(glob), output.file(), inputProblems);
    if (found.isEmpty() && inputProblems.isEmpty()) {
      throw CommandException.invalidInput(
          glob == null
              ? "Folder %s contains no files.".formatted(folder)
              : "Folder %s contains no files that match --glob %s.".formatted(folder, glob));
    }
    return found;
  }

  private BatchFile.DocumentRequests write(
      List<Document> found, Function<DocumentReader, BatchFile> batchFile) throws IOException {
    try (DocumentReader reader = new DocumentReader(terminal)) {
      BatchFile.DocumentRequests requests = batchFile.apply(reader).write(found);
      reader.incomplete().forEach(terminal::message);
      return requests;
    }
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

  private int submit(BatchRunner runner, BatchFile.DocumentRequests documents)
      throws IOException, InterruptedException {
    SubmittedBatch submitted = runner.submit(documents.requests());
    new BatchEvents(invocation).submitted(submitted, documents.documents().size());
    if (!invocation.json()) {
      terminal.out().println(submitted.batch());
    }
    terminal.message("Follow it: %s watch %s".formatted(terminal.command(), submitted.batch()));
    return ExitCode.SUCCESS.code();
  }

  private int follow(
      BatchRunner runner, BatchFile.DocumentRequests documents, Format format, Output output)
      throws IOException, InterruptedException {
    List<String> names = documents.documents();
    try (Answers answers = new Answers(names.size(), RequestOrder.of(names))) {
      if (!runner.run(documents.requests(), sampleOptions, answers)) {
        return ExitCode.BATCH_FAILED.code();
      }
      SummaryFile summaryFile = new SummaryFile(format, names, answers);
      return runner.finish(answers, output, summaryFile::write, requestOptions.cutOffAdvice());
    }
  }
}
