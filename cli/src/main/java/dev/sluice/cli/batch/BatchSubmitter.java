package dev.sluice.cli.batch;

import dev.sluice.api.batch.BatchView;
import dev.sluice.cli.client.BatchRequest;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.Submission;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Creates the batch of a command, or continues the batch that an earlier run of the command has
 * created.
 *
 * @param forceNew creates a batch in any case
 */
public record BatchSubmitter(SluiceClient client, Terminal terminal, boolean forceNew) {

  /**
   * Submits the batch file.
   *
   * @param announcement printed before an upload
   */
  public SubmittedBatch submit(BatchRequest request, String announcement)
      throws IOException, InterruptedException {
    Submission submission = Submission.of(request, client);
    Optional<SubmittedBatch> earlier = forceNew ? Optional.empty() : submission.newest();
    if (earlier.isEmpty()) {
      terminal.message(announcement);
    }
    SubmittedBatch batch = earlier.isPresent() ? earlier.get() : submission.send(terminal);
    terminal.message(
        batch
            .earlier()
            .map(found -> continuing(batch.batch(), found))
            .orElseGet(() -> "Created batch %s.".formatted(batch.batch())));
    return batch;
  }

  /** Whether the batch file is submitted without an upload. */
  public boolean wouldContinue(BatchRequest request) throws IOException, InterruptedException {
    return !forceNew && Submission.of(request, client).newest().isPresent();
  }

  private String continuing(String batch, BatchView earlier) {
    String age =
        HumanFormat.duration(
            Duration.between(
                Instant.ofEpochSecond(earlier.createdAt()), terminal.clock().instant()));
    return earlier.hasFinished()
        ? "Batch %s, created %s ago, has these requests. Send them again in a new batch with --new."
            .formatted(batch, age)
        : "Continuing batch %s, created %s ago.".formatted(batch, age);
  }
}
