package dev.sluice.cli.client;

import dev.sluice.api.batch.BatchView;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A batch of this command.
 *
 * @param batch id of the batch
 * @param file id of the uploaded batch file
 * @param earlier the batch as an earlier run of the same command has left it; empty if it is new
 */
public record SubmittedBatch(String batch, String file, Optional<BatchView> earlier) {

  static SubmittedBatch created(String batch, String file) {
    return new SubmittedBatch(batch, file, Optional.empty());
  }

  static SubmittedBatch existing(BatchView batch) {
    return new SubmittedBatch(batch.id(), batch.inputFileId(), Optional.of(batch));
  }

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

    BatchRequest batchRequest(String fileId) {
      return new BatchRequest(fileId, endpoint, completionWindow, name, priority, extensions);
    }
  }
}
