package dev.sluice.producer.access;

/**
 * The key that the producer was started with: the administrator's, who works in the default
 * project.
 */
public final class AdminKey {
  private final KeyDigest digest;

  public AdminKey(String key) {
    this.digest = KeyDigest.of(key);
  }

  boolean matches(String candidate) {
    return digest.isOf(candidate);
  }
}
