package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.ServedModels;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.output.Output;
import dev.sluice.cli.output.TemporaryFile;
import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.submit.BatchOptions;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.InputProblems;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.BatchEvents;
import dev.sluice.cli.watch.ResultLocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
  private static final String DEFAULT_STOP_AFTER = "25/100";

  private final Invocation invocation;
  private final Terminal terminal;

  @Mixin private RequestOptions requestOptions = new RequestOptions();
  @Mixin private BatchOptions batchOptions = new BatchOptions();
  @Mixin private SampleOptions sampleOptions = new SampleOptions();

  @Parameters(
      paramLabel = "DIR",
      description =
          "Folder with the documents: plain text, PDF, Office files, HTML, EPUB, RTF, e-mail.")
  private String folder = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Output file (.jsonl, .md or .txt). Default: JSON Lines on stdout.")
  private @Nullable String out;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  @Option(names = "--name", paramLabel = "NAME", description = "Display name of the batch.")
  private @Nullable String name;

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
    Output output = Output.of(out, terminal);
    Format format = Format.of(output.file());
    checkOverwrite(output);
    BatchExtensions extensions = batchOptions.extensions(DEFAULT_STOP_AFTER);
    SluiceClient client = invocation.client();
    InputProblems inputProblems = new InputProblems();
    List<Document> found = find(output, inputProblems);
    RequestBuilder requestBuilder = requestOptions.builder(client);
    try (TemporaryFile sampleFile = new TemporaryFile();
        TemporaryFile file = new TemporaryFile()) {
      SamplePlan plan = plan(found, requestBuilder, inputProblems, sampleFile.path(), file.path());
      handle(inputProblems, plan.documents());
      ServedModels.of(client).check(requestOptions.model());
      SummarizeRun run =
          new SummarizeRun(invocation, client, Optional.ofNullable(name), extensions);
      return noWait
          ? submit(run, plan.main())
          : follow(run, plan, new SummaryFile(output, format), output);
    }
  }

  private void checkOptions() {
    requestOptions.check();
    sampleOptions.check(terminal, noWait);
    if (noWait && out != null) {
      throw CommandException.usageError("--no-wait writes no summaries: remove --out.");
    }
  }

  /** The summaries of an earlier run may have cost money. */
  private void checkOverwrite(Output output) {
    Path file = output.file().orElse(null);
    if (!force && file != null && Files.isRegularFile(file)) {
      throw CommandException.invalidInput(
          "--out %s exists. Specify another file, or replace it with --force.".formatted(out));
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

  private SamplePlan plan(
      List<Document> found,
      RequestBuilder requestBuilder,
      InputProblems inputProblems,
      Path sampleFile,
      Path file)
      throws IOException {
    try (DocumentReader reader = new DocumentReader(terminal)) {
      BatchFile batchFile = new BatchFile(requestBuilder, reader, inputProblems);
      SamplePlan plan = sampleOptions.plan(found, batchFile, sampleFile, file);
      reader.incomplete().forEach(terminal::message);
      return plan;
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

  private int submit(SummarizeRun run, DocumentBatch documents)
      throws IOException, InterruptedException {
    SubmittedBatch submitted = run.submit(documents);
    new BatchEvents(invocation).submitted(submitted, documents.documents().size());
    if (!invocation.json()) {
      terminal.out().println(submitted.batch());
    }
    terminal.message("Follow it: %s watch %s".formatted(terminal.command(), submitted.batch()));
    return ExitCode.SUCCESS.code();
  }

  private int follow(SummarizeRun run, SamplePlan plan, SummaryFile summaryFile, Output output)
      throws IOException, InterruptedException {
    List<Summaries> all = new ArrayList<>();
    try {
      Optional<DocumentBatch> sample = plan.sample();
      if (sample.isPresent()) {
        all.add(run.summarise(sample.get()));
        if (!sampleOptions.isAccepted(run, plan, sample.get(), all.getLast())) {
          return ExitCode.BATCH_FAILED.code();
        }
      }
      all.add(run.summarise(plan.main()));
      return finish(run, all, plan.documents(), summaryFile, output);
    } finally {
      for (Summaries summaries : all) {
        summaries.close();
      }
    }
  }

  private int finish(
      SummarizeRun run,
      List<Summaries> all,
      List<String> documents,
      SummaryFile summaryFile,
      Output output)
      throws InterruptedException {
    BatchState batch = all.getLast().batch();
    boolean written = !batch.status().equals("failed");
    SummaryCounts counts = written ? summaryFile.write(all, documents) : new SummaryCounts();
    if (output.file().isPresent()) {
      new BatchEvents(invocation).ended(batch, written ? output.file() : Optional.empty());
    }
    String location = out == null || out.equals("-") ? "stdout" : out;
    int exitCode = run.watcher().printSummary(batch, ResultLocations.both(batch, location));
    if (counts.cutOff() > 0) {
      terminal.message(
          "%s cut off at the token limit. %s"
              .formatted(
                  counts.cutOff() == 1
                      ? "1 answer was"
                      : HumanFormat.count(counts.cutOff()) + " answers were",
                  requestOptions.cutOffAdvice()));
    }
    return counts.cutOff() + counts.failed() > 0 ? ExitCode.BATCH_FAILED.code() : exitCode;
  }
}
