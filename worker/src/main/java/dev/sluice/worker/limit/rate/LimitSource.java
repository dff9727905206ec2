package dev.sluice.worker.limit.rate;

import java.util.Locale;

/** Where a limit comes from. */
public enum LimitSource {
  /** The settings, or an operator's override. */
  CONFIGURED,
  /** The provider's response headers. */
  ADVERTISED,
  /** The provider's 429 responses. */
  INFERRED,
  /** There is no limit, or none is known. */
  UNKNOWN;

  /** Returns the name in reports and metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
