package dev.sluice.cli.batch;

import dev.sluice.api.batch.BatchCost;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.Terminal;
import java.math.BigDecimal;
import java.math.MathContext;

/** Reports the results of a sample, and what all requests are estimated to cost. */
final class SampleReport {
  private final Terminal terminal;
  private final String noun;

  /**
   * @param noun what a request is for, such as {@code document}
   */
  SampleReport(Terminal terminal, String noun) {
    this.terminal = terminal;
    this.noun = noun;
  }

  /**
   * Prints the counts.
   *
   * @param all number of all requests
   */
  void print(AnswerCounts counts, int sample, int all) {
    terminal.message(
        "Sample of %s of %s: %s answered, %s cut off, %s failed."
            .formatted(
                HumanFormat.count(sample),
                HumanFormat.count(all, noun),
                HumanFormat.count(counts.complete()),
                HumanFormat.count(counts.cutOff()),
                HumanFormat.count(counts.failed())));
    if (counts.failed() > 0) {
      terminal.message("Most frequent failure: " + counts.mostFrequentFailure());
    }
  }

  /**
   * Prints the estimated cost of all requests, in proportion to their bytes.
   *
   * @param cost cost of the sample
   * @param reused tasks of the sample that were answered with stored results, which cost nothing
   * @param calledBytes bytes of the requests of the sample, without what was reused
   */
  void printCost(BatchCost cost, long reused, double calledBytes, RequestFile all) {
    if (calledBytes < 1) {
      terminal.message(
          "The cost of all %s cannot be estimated: stored results answered the whole sample."
              .formatted(HumanFormat.count(all.count(), noun)));
      return;
    }
    BigDecimal spent = cost.spent();
    if (spent == null) {
      terminal.message(PriceNote.UNKNOWN);
      return;
    }
    BigDecimal estimate =
        spent
            .multiply(BigDecimal.valueOf(all.bytes()))
            .divide(BigDecimal.valueOf(calledBytes), MathContext.DECIMAL64);
    terminal.message(
        "Estimated cost of all %s%s: $%s (the sample cost $%s%s; %s)."
            .formatted(
                HumanFormat.count(all.count(), noun),
                reused == 0 ? "" : ", if none is reused",
                HumanFormat.dollars(estimate),
                HumanFormat.dollars(spent),
                reused == 0 ? "" : ", with %s reused".formatted(HumanFormat.count(reused)),
                PriceNote.of(cost)));
  }
}
