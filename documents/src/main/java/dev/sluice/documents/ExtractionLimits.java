package dev.sluice.documents;

import java.time.Duration;

/**
 * Limits of an extraction.
 *
 * @param timeout maximum time per file
 * @param heapMebibytes maximum heap of the extractor process
 * @param fileBytes maximum size of a file
 * @param textCharacters maximum length of a text
 */
public record ExtractionLimits(
    Duration timeout, int heapMebibytes, long fileBytes, int textCharacters) {
  private static final int MEBIBYTE = 1024 * 1024;

  /** A text of 8 Mi characters or more exceeds the maximum size of a request. */
  public static final ExtractionLimits DEFAULT =
      new ExtractionLimits(Duration.ofSeconds(60), 256, 256L * MEBIBYTE, 8 * MEBIBYTE);

  public ExtractionLimits {
    if (!timeout.isPositive() || heapMebibytes < 1 || fileBytes < 1 || textCharacters < 1) {
      throw new IllegalArgumentException("all limits must be positive");
    }
  }
}
