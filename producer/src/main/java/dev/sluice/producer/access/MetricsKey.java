package dev.sluice.producer.access;

import org.jspecify.annotations.Nullable;

/** A key that may only read the metrics, so that a monitoring system needs no other one. */
public final class MetricsKey {
  private final @Nullable KeyDigest digest;

  /**
   * @param key the key in plain text, of which only the digest is kept; empty for none
   */
  public MetricsKey(String key) {
    this.digest = key.isEmpty() ? null : KeyDigest.of(key);
  }

  boolean matches(String candidate) {
    return digest != null && digest.matches(candidate);
  }
}
