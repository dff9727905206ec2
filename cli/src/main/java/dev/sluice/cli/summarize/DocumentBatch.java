package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.terminal.Terminal;
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

  SubmittedBatch submit(
      SluiceClient client, Terminal terminal, Optional<String> name, BatchExtensions extensions)
      throws IOException, InterruptedException {
    terminal.message(
        "Submitting %s (%s) to %s."
            .formatted(
                HumanFormat.count(documents.size(), "document"),
                HumanFormat.bytes(bytes()),
                client.url()));
    SubmittedBatch submitted =
        new SubmittedBatch.SubmitRequest(
                file,
                "summarize.jsonl",
                RequestBuilder.ENDPOINT,
                COMPLETION_WINDOW,
                name,
                OptionalInt.empty(),
                extensions)
            .send(client, terminal);
    terminal.message("Created batch " + submitted.batch() + ".");
    return submitted;
  }

  /** Size of the requests. */
  long bytes() throws IOException {
    return Files.size(file);
  }
}
