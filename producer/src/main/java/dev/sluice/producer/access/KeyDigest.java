package dev.sluice.producer.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The digest of an API key.
 *
 * <p>A plain SHA-256 is sufficient, because keys are long and random, and each request must be
 * checked quickly.
 */
@SuppressWarnings("ArrayRecordComponent") // compared in constant time, by matches
record KeyDigest(byte[] bytes) {

  static KeyDigest of(String key) {
    try {
      return new KeyDigest(
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Compares in constant time, so that the duration reveals nothing about the key. */
  boolean matches(String candidate) {
    return MessageDigest.isEqual(bytes, of(candidate).bytes);
  }
}
