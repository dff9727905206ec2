package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.submit.BatchSubmitter;
import dev.sluice.cli.watch.BatchWatcher;
import java.io.IOException;
import java.util.Optional;

/**
 * Submits batches of documents and follows them.
 *
 * @param name display name of the batches
 */
record SummarizeRun(
    Invocation invocation,
    BatchSubmitter submitter,
    Optional<String> name,
    BatchExtensions extensions) {

  SubmittedBatch submit(DocumentBatch documents) throws IOException, InterruptedException {
    return documents.submit(submitter, name, extensions);
  }

  /** Whether an earlier run has submitted the documents. */
  boolean isSubmitted(DocumentBatch documents) throws IOException, InterruptedException {
    return submitter.wouldContinue(documents.request(name, extensions));
  }

  SluiceClient client() {
    return submitter.client();
  }

  BatchWatcher watcher() {
    return new BatchWatcher(invocation, client());
  }

  /** Submits the documents, waits for the end of the batch and downloads its results. */
  Summaries summarise(DocumentBatch documents) throws IOException, InterruptedException {
    String batch = submit(documents).batch();
    BatchWatcher watcher = watcher();
    return Summaries.of(watcher.awaitTermination(batch), watcher);
  }
}
