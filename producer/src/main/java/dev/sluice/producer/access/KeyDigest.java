package dev.sluice.producer.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What recognises a key and does not give it away.
 *
 * <p>A plain SHA-256: keys are random and long, so that nobody can try them all, and each request
 * has to be checked quickly.
 */
@SuppressWarnings("ArrayRecordComponent") // compared in constant time, by isOf
record KeyDigest(byte[] bytes) {

  static KeyDigest of(String key) {
    try {
      return new KeyDigest(
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** Compares digests in constant time, so that the time it takes says nothing about the key. */
  boolean isOf(String candidate) {
    return MessageDigest.isEqual(bytes, of(candidate).bytes);
  }
}
