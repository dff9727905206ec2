package dev.sluice.producer.file;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that clients can name.
 *
 * @param id {@code file-…}
 * @param bytes its size
 * @param expiresAt when it goes by itself; null for never
 * @param batchId the batch whose tasks it is generated from; null for an uploaded one
 * @param part which of the batch's files; null for an uploaded one
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

  /** Which of a batch's two files. */
  public enum Part {
    OUTPUT,
    ERROR
  }
}
