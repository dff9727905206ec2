package dev.sluice.cli.summarize;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a sample: some documents that run before the others. */
final class SampleOptions {
  @Option(
      names = "--sample",
      paramLabel = "N",
      description =
          "First summarise a sample of N documents of all sizes, show the results and the estimated cost of all, and ask for confirmation.")
  private @Nullable Integer size;

  @Option(names = "--yes", description = "Do not ask for confirmation after the sample.")
  private boolean yes;

  /**
   * Checks the options.
   *
   * @throws CommandException if one is invalid
   */
  void check(Terminal terminal, boolean noWait) {
    if (size == null) {
      return;
    }
    if (size < 1) {
      throw CommandException.usageError("--sample (%d) must be at least 1.".formatted(size));
    }
    if (noWait) {
      throw CommandException.usageError("--sample waits for its documents: remove --no-wait.");
    }
    if (!yes && !terminal.size().isTerminal()) {
      throw CommandException.usageError(
          "--sample asks before it continues: add --yes, or run it in a terminal.");
    }
  }

  /** Writes the batch files of the sample and of the other documents. */
  SamplePlan plan(List<Document> found, BatchFile batchFile, Path sampleFile, Path file)
      throws IOException {
    Set<String> selected = size == null || found.size() <= size ? Set.of() : Sample.of(found, size);
    List<Document> first =
        found.stream().filter(document -> selected.contains(document.name())).toList();
    List<Document> others =
        found.stream().filter(document -> !selected.contains(document.name())).toList();
    DocumentBatch sample = new DocumentBatch(sampleFile, batchFile.write(first, sampleFile));
    DocumentBatch main = new DocumentBatch(file, batchFile.write(others, file));
    Set<String> readable = new HashSet<>(sample.documents());
    readable.addAll(main.documents());
    List<String> documents = found.stream().map(Document::name).filter(readable::contains).toList();
    if (sample.documents().isEmpty() || main.documents().isEmpty()) {
      DocumentBatch only = main.documents().isEmpty() ? sample : main;
      return new SamplePlan(Optional.empty(), only, documents);
    }
    return new SamplePlan(Optional.of(sample), main, documents);
  }

  /**
   * Shows the results of the sample and the estimated price, and asks; true if the other documents
   * are sent.
   */
  boolean isAccepted(SummarizeRun run, SamplePlan plan, DocumentBatch sample, Summaries summaries)
      throws IOException, InterruptedException {
    Terminal terminal = run.invocation().terminal();
    SummaryCounts counts = new SummaryCounts();
    for (String document : sample.documents()) {
      summaries.find(document).ifPresent(counts::add);
    }
    int all = plan.documents().size();
    SampleReport report = new SampleReport(terminal);
    report.print(counts, sample.documents(), all);
    if (counts.written() + counts.cutOff() == 0) {
      terminal.message("No document of the sample was summarised: the others were not sent.");
      return false;
    }
    String batch = summaries.batch().id();
    report.printCost(
        run.client().cost(batch).path("cost"),
        sample.bytes(),
        sample.bytes() + plan.main().bytes(),
        all);
    if (yes || run.isSubmitted(plan.main()) || terminal.confirm("Summarise the other documents?")) {
      return true;
    }
    terminal.message(
        "The other documents were not sent. Results of the sample: %s results %s"
            .formatted(terminal.command(), batch));
    return false;
  }
}
