package dev.sluice.cli.batch;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a sample: some requests that run before the others. */
public final class SampleOptions {
  @Option(
      names = "--sample",
      paramLabel = "N",
      description =
          "First send a sample of N documents or rows of all sizes, show the results and the estimated cost of all, and ask for confirmation.")
  private @Nullable Integer size;

  @Option(names = "--yes", description = "Do not ask for confirmation after the sample.")
  private boolean yes;

  /**
   * Checks the options.
   *
   * @throws CommandException if one is invalid
   */
  public void check(Terminal terminal) {
    if (size == null) {
      return;
    }
    if (size < 1) {
      throw CommandException.usageError("--sample (%d) must be at least 1.".formatted(size));
    }
    if (!yes && !terminal.size().isTerminal()) {
      throw CommandException.usageError(
          "--sample asks before it continues: add --yes, or run it in a terminal.");
    }
  }

  public boolean isSelected() {
    return size != null;
  }

  /** Whether the command reads an answer from stdin. */
  public boolean asks() {
    return size != null && !yes;
  }

  /** The requests of the sample; empty if all requests run together. */
  Optional<BitSet> select(RequestFile requests) {
    return size == null || requests.count() <= size
        ? Optional.empty()
        : Optional.of(Sample.of(requests.sizes(), size));
  }

  /**
   * Shows the results of the sample and the estimated price, and asks, unless an earlier run has
   * submitted the other requests; true if these are sent.
   *
   * @param sample positions of the sample
   * @param answers the answers of the sample
   */
  boolean isAccepted(
      BatchRunner runner, RequestFile all, BitSet sample, RequestFile others, Answers answers)
      throws IOException, InterruptedException {
    Terminal terminal = runner.terminal();
    AnswerCounts counts = answers.counts(sample);
    SampleReport report = new SampleReport(terminal, runner.noun());
    report.print(counts, sample.cardinality(), all.count());
    if (counts.complete() + counts.cutOff() == 0) {
      terminal.message(
          "No %s of the sample was answered: the others were not sent.".formatted(runner.noun()));
      return false;
    }
    String batch = answers.batch().id();
    report.printCost(
        runner.cost(batch), answers.batch().reused(), answers.calledBytes(all, sample), all);
    if (yes
        || runner.isSubmitted(others)
        || terminal.confirm("Send the other %ss?".formatted(runner.noun()))) {
      return true;
    }
    terminal.message(
        "The other %ss were not sent. Results of the sample: %s results %s"
            .formatted(runner.noun(), terminal.command(), batch));
    return false;
  }
}
