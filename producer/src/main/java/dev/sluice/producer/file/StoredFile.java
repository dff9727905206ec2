package dev.sluice.producer.file;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a file.
 *
 * @param id {@code file-…}
 * @param bytes its size
 * @param createdAt UTC
 * @param expiresAt UTC; null for no expiry
 * @param batchId the batch from whose tasks it is generated; null for an upload
 * @param part which result file of the batch; null for an upload
 */
public record StoredFile(
    String id,
    String purpose,
    String filename,
    long bytes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable UUID batchId,
    @Nullable Part part) {

  /** The two result files of a batch. */
  public enum Part {
    OUTPUT,
    ERROR
  }
}
