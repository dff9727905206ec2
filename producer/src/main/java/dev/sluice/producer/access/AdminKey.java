package dev.sluice.producer.access;

/** The administrator's key, which the producer gets from its settings. */
public final class AdminKey {
  private final KeyDigest digest;

  /**
   * @param key the key in plain text, of which only the digest is kept
   */
  public AdminKey(String key) {
    this.digest = KeyDigest.of(key);
  }

  boolean matches(String candidate) {
    return digest.matches(candidate);
  }
}
