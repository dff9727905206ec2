package dev.sluice.producer.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The key that a client has to show. */
public final class ApiKey {
  private final byte[] digest;

  public ApiKey(String key) {
    this.digest = digest(key);
  }

  /** Compares digests, so that the time it takes says nothing about the key. */
  boolean matches(String candidate) {
    return MessageDigest.isEqual(digest, digest(candidate));
  }

  private static byte[] digest(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
