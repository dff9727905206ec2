package dev.sluice.simulator.provider;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Hash that identifies a request body.
 *
 * @param value the first 8 bytes of the body's SHA-256
 */
public record BodyHash(long value) {
  public static BodyHash of(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return new BodyHash(ByteBuffer.wrap(hash).getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The first 16 hex digits of the SHA-256, as printed by sha256sum. */
  public String hex() {
    return HexFormat.of().toHexDigits(value);
  }
}
