package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.output.Output;
import dev.sluice.cli.output.TemporaryFile;
import dev.sluice.cli.watch.BatchWatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes the summaries in the order of the documents. */
final class SummaryFile {
  private final BatchWatcher watcher;
  private final Output output;
  private final Format format;

  SummaryFile(BatchWatcher watcher, Output output, Format format) {
    this.watcher = watcher;
    this.output = output;
    this.format = format;
  }

  void write(BatchState batch, List<String> documents) throws IOException, InterruptedException {
    try (TemporaryFile outputFile = new TemporaryFile();
        TemporaryFile errorFile = new TemporaryFile()) {
      download(batch.outputFile(), outputFile);
      download(batch.errorFile(), errorFile);
      try (ResultIndex results = new ResultIndex(outputFile.path());
          ResultIndex errors = new ResultIndex(errorFile.path())) {
        output.write(
            target -> {
              for (String document : documents) {
                DocumentSummary summary =
                    find(document, results, errors).orElseGet(() -> missing(batch));
                target.write(format.entry(document, summary).getBytes(StandardCharsets.UTF_8));
              }
            });
      }
    }
  }

  private static Optional<DocumentSummary> find(
      String document, ResultIndex results, ResultIndex errors) throws IOException {
    Optional<DocumentSummary> result = results.summary(document);
    return result.isPresent() ? result : errors.summary(document);
  }

  private void download(Optional<String> fileId, TemporaryFile target)
      throws IOException, InterruptedException {
    if (fileId.isPresent()) {
      watcher.download(fileId.get(), target.path());
    }
  }

  private static DocumentSummary missing(BatchState batch) {
    return new DocumentSummary.Missing(
        "no_result",
        "The batch ended (%s) before this document was processed.".formatted(batch.status()));
  }
}
