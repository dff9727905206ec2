package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.submit.BatchSubmitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A batch file that is ready to be submitted.
 *
 * @param documents names of the documents in it, in order
 */
record DocumentBatch(Path file, List<String> documents) {
  private static final String COMPLETION_WINDOW = "24h";

  SubmittedBatch submit(BatchSubmitter submitter, Optional<String> name, BatchExtensions extensions)
      throws IOException, InterruptedException {
    return submitter.submit(
        request(name, extensions),
        "Submitting %s (%s) to %s."
            .formatted(
                HumanFormat.count(documents.size(), "document"),
                HumanFormat.bytes(bytes()),
                submitter.client().url()));
  }

  SubmittedBatch.SubmitRequest request(Optional<String> name, BatchExtensions extensions) {
    return new SubmittedBatch.SubmitRequest(
        file,
        "summarize.jsonl",
        RequestBuilder.ENDPOINT,
        COMPLETION_WINDOW,
        name,
        OptionalInt.empty(),
        extensions);
  }

  /** Size of the requests. */
  long bytes() throws IOException {
    return Files.size(file);
  }
}
