package dev.sluice.cli.summarize;

import dev.sluice.cli.output.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes the summaries in the order of the documents. */
final class SummaryFile {
  private final Output output;
  private final Format format;

  SummaryFile(Output output, Format format) {
    this.output = output;
    this.format = format;
  }

  /**
   * Writes the file and counts the documents.
   *
   * @param batches the results of the batches with the documents; the last one is named as the
   *     reason for a document without a result
   */
  SummaryCounts write(List<Summaries> batches, List<String> documents) throws InterruptedException {
    SummaryCounts counts = new SummaryCounts();
    output.write(
        target -> {
          for (String document : documents) {
            DocumentSummary summary = find(batches, document);
            counts.add(summary);
            target.write(format.entry(document, summary).getBytes(StandardCharsets.UTF_8));
          }
        });
    return counts;
  }

  private static DocumentSummary find(List<Summaries> batches, String document) throws IOException {
    for (Summaries summaries : batches) {
      Optional<DocumentSummary> summary = summaries.find(document);
      if (summary.isPresent()) {
        return summary.get();
      }
    }
    return new DocumentSummary.Missing(
        "no_result",
        "The batch ended (%s) before this document was processed."
            .formatted(batches.getLast().batch().status()),
        /* cutOff= */ false);
  }
}
