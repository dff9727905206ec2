package dev.sluice.common.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The service tier that Sluice requests from a provider. */
public enum ServiceTier {
  /** The provider's default. */
  STANDARD,
  /** Cheaper and slower; the provider refuses calls while it has no capacity. */
  FLEX;

  /** The lower-case name used in headers, settings and the API. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The tier with this wire name; empty if unknown. */
  public static Optional<ServiceTier> fromWire(String name) {
    return Arrays.stream(values()).filter(tier -> tier.wireName().equals(name)).findFirst();
  }
}
