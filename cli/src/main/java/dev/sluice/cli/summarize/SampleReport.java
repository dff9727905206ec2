package dev.sluice.cli.summarize;

import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.terminal.Terminal;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reports the results of a sample, and what all documents are estimated to cost. */
final class SampleReport {
  private final Terminal terminal;

  SampleReport(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Prints the counts.
   *
   * @param all number of all documents
   */
  void print(SummaryCounts counts, List<String> sample, int all) {
    terminal.message(
        "Sample of %s of %s: %s written, %s cut off, %s failed."
            .formatted(
                HumanFormat.count(sample.size()),
                HumanFormat.count(all, "document"),
                HumanFormat.count(counts.written()),
                HumanFormat.count(counts.cutOff()),
                HumanFormat.count(counts.failed())));
    if (counts.failed() > 0) {
      terminal.message("Most frequent failure: " + counts.mostFrequentFailure());
    }
  }

  /**
   * Prints the estimated cost of all documents, in proportion to the bytes of their requests.
   *
   * @param cost cost of the sample, as the producer returns it
   */
  void printCost(JsonNode cost, long sampleBytes, long allBytes, int all) {
    JsonNode spent = cost.path("spent");
    if (!spent.isNumber()) {
      terminal.message("The cost is unknown: no price is configured for the model.");
      return;
    }
    BigDecimal estimate =
        spent
            .decimalValue()
            .multiply(BigDecimal.valueOf(allBytes))
            .divide(BigDecimal.valueOf(Math.max(1, sampleBytes)), MathContext.DECIMAL64);
    String note = cost.path("note").asString("");
    terminal.message(
        "Estimated cost of all %s: $%s (the sample cost $%s; %s)."
            .formatted(
                HumanFormat.count(all, "document"),
                HumanFormat.dollars(estimate),
                HumanFormat.dollars(spent.decimalValue()),
                note.isEmpty() ? "prices as of " + cost.path("as_of").asString("") : note));
  }
}
