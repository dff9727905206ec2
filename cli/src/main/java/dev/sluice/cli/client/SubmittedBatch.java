package dev.sluice.cli.client;

import dev.sluice.cli.terminal.InterruptMessage;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A created batch.
 *
 * @param batch id of the batch
 * @param file id of the uploaded batch file
 */
public record SubmittedBatch(String batch, String file) {

  /**
   * A batch file to submit.
   *
   * @param filename name of the file in the upload
   * @param endpoint path of its requests
   * @param completionWindow maximum duration in OpenAI's format ({@code 24h})
   * @param name display name of the batch
   * @param priority weight relative to other batches, 1-100
   * @param extensions Sluice's other extensions
   */
  public record SubmitRequest(
      Path file,
      String filename,
      String endpoint,
      String completionWindow,
      Optional<String> name,
      OptionalInt priority,
      BatchExtensions extensions) {

    /** Uploads the file and creates the batch. */
    public SubmittedBatch send(SluiceClient client, Terminal terminal)
        throws IOException, InterruptedException {
      String fileId =
          InterruptMessage.during(
              () -> client.upload(file, filename),
              () -> terminal.message("Interrupted: no batch was created."));
      BatchRequest request =
          new BatchRequest(fileId, endpoint, completionWindow, name, priority, extensions);
      String idempotencyKey = "sluice-" + UUID.randomUUID();
      String batch =
          InterruptMessage.during(
              () -> client.createBatch(request, idempotencyKey),
              () ->
                  terminal.message(
                      "Interrupted: the batch may have been created. "
                          + client.findHint(request, idempotencyKey)));
      return new SubmittedBatch(batch, fileId);
    }
  }
}
