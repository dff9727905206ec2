package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InterruptMessage;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.util.Optional;

/**
 * The batch of one command. The idempotency key is a digest of its content, so that the same
 * command finds the batch again. A forced new batch takes the next key: the command then finds the
 * newest batch.
 */
public final class Submission {
  static final String MAY_HAVE_BEEN_CREATED =
      "The batch may have been created. Run the command again, without --new: it continues the batch if it was created.";

  private final BatchRequest request;
  private final SluiceClient client;
  private final String unusedKey;
  private final Optional<SubmittedBatch> newest;

  private Submission(
      BatchRequest request,
      SluiceClient client,
      String unusedKey,
      Optional<SubmittedBatch> newest) {
    this.request = request;
    this.client = client;
    this.unusedKey = unusedKey;
    this.newest = newest;
  }

  /** Looks for batches with the same requests and options. */
  public static Submission of(BatchRequest request, SluiceClient client)
      throws IOException, InterruptedException {
    IdempotencyKeys keys = IdempotencyKeys.of(request);
    Optional<SubmittedBatch> newest = Optional.empty();
    int number = 1;
    for (Optional<SubmittedBatch> found = find(client, keys.key(number));
        found.isPresent();
        found = find(client, keys.key(number))) {
      newest = found;
      number++;
    }
    return new Submission(
        request, client, keys.key(number), newest.filter(batch -> !isInvalid(batch)));
  }

  private static Optional<SubmittedBatch> find(SluiceClient client, String key)
      throws InterruptedException {
    return client.batches().find(key).map(SubmittedBatch::existing);
  }

  /** Whether its validation failed, so that it has no tasks. */
  private static boolean isInvalid(SubmittedBatch batch) {
    return batch.earlier().filter(earlier -> earlier.status().equals("failed")).isPresent();
  }

  /** The newest batch of an earlier run; empty if its validation failed. */
  public Optional<SubmittedBatch> newest() {
    return newest;
  }

  /** Uploads the file and creates a new batch. */
  public SubmittedBatch send(Terminal terminal) throws IOException, InterruptedException {
    String fileId =
        InterruptMessage.during(
            () -> client.files().upload(request.file(), request.filename()),
            () -> terminal.message("Interrupted: no batch was created."));
    return InterruptMessage.during(
        () -> create(fileId), () -> terminal.message("Interrupted. " + MAY_HAVE_BEEN_CREATED));
  }

  /** If the request fails, the batch may exist: its response was lost, or another run was first. */
  private SubmittedBatch create(String fileId) throws InterruptedException {
    try {
      String batch = client.batches().create(request.json(fileId), unusedKey);
      return SubmittedBatch.created(batch, fileId);
    } catch (CommandException failed) {
      return find(failed).orElseThrow(() -> failed);
    }
  }

  private Optional<SubmittedBatch> find(CommandException failed) throws InterruptedException {
    try {
      return find(client, unusedKey);
    } catch (CommandException unreachable) {
      failed.addSuppressed(unreachable);
      return Optional.empty();
    }
  }
}
