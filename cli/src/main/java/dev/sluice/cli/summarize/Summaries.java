package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.output.TemporaryFile;
import dev.sluice.cli.watch.BatchWatcher;
import java.io.IOException;
import java.util.Optional;

/** The results of a finished batch, in temporary files. */
final class Summaries implements AutoCloseable {
  private final BatchState batch;
  private final TemporaryFile outputFile;
  private final TemporaryFile errorFile;
  private final ResultIndex results;
  private final ResultIndex errors;

  private Summaries(BatchState batch, TemporaryFile outputFile, TemporaryFile errorFile)
      throws IOException {
    this.batch = batch;
    this.outputFile = outputFile;
    this.errorFile = errorFile;
    this.results = new ResultIndex(outputFile.path());
    this.errors = new ResultIndex(errorFile.path());
  }

  /** Downloads the result files. */
  static Summaries of(BatchState batch, BatchWatcher watcher)
      throws IOException, InterruptedException {
    TemporaryFile outputFile = new TemporaryFile();
    TemporaryFile errorFile = new TemporaryFile();
    download(watcher, batch.outputFile(), outputFile);
    download(watcher, batch.errorFile(), errorFile);
    return new Summaries(batch, outputFile, errorFile);
  }

  private static void download(BatchWatcher watcher, Optional<String> fileId, TemporaryFile target)
      throws IOException, InterruptedException {
    if (fileId.isPresent()) {
      watcher.download(fileId.get(), target.path());
    }
  }

  BatchState batch() {
    return batch;
  }

  /** The result of a document; empty if the batch has none. */
  Optional<DocumentSummary> find(String document) throws IOException {
    Optional<DocumentSummary> result = results.summary(document);
    return result.isPresent() ? result : errors.summary(document);
  }

  @Override
  public void close() throws IOException {
    results.close();
    errors.close();
    outputFile.close();
    errorFile.close();
  }
}
