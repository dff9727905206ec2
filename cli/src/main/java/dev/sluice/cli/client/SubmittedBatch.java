package dev.sluice.cli.client;

import dev.sluice.api.batch.BatchView;
import java.util.Optional;

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
}
