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
   */
  void printCost(BatchCost cost, long sampleBytes, RequestFile all) {
    BigDecimal spent = cost.spent();
    if (spent == null) {
      terminal.message(PriceNote.UNKNOWN);
      return;
    }
    BigDecimal estimate =
        spent
            .multiply(BigDecimal.valueOf(all.bytes()))
            .divide(BigDecimal.valueOf(Math.max(1, sampleBytes)), MathContext.DECIMAL64);
    terminal.message(
        "Estimated cost of all %s: $%s (the sample cost $%s; %s)."
            .formatted(
                HumanFormat.count(all.count(), noun),
                HumanFormat.dollars(estimate),
                HumanFormat.dollars(spent),
                PriceNote.of(cost)));
  }
}
