package dev.sluice.producer.store;

import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** The id of a batch: {@code batch_} and the 32 hexadecimal digits of a UUID. */
public record BatchId(UUID uuid) {
  private static final String PREFIX = "batch_";
  private static final int LENGTH = PREFIX.length() + 32;

  /** Parses an id; empty if the text is not one. */
  public static Optional<BatchId> parse(String text) {
    if (!text.startsWith(PREFIX) || text.length() != LENGTH) {
      return Optional.empty();
    }
    try {
      String digits = text.substring(PREFIX.length());
      return Optional.of(
          new BatchId(
              new UUID(
                  HexFormat.fromHexDigitsToLong(digits.substring(0, 16)),
                  HexFormat.fromHexDigitsToLong(digits.substring(16)))));
    } catch (IllegalArgumentException notHex) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return PREFIX + uuid.toString().replace("-", "");
  }
}
