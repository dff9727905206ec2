package dev.sluice.worker.limit.rate;

import java.util.Locale;

/** Where the knowledge of a limit comes from. */
public enum Source {
  /** The settings. */
  CONFIGURED,
  /** The provider's headers. */
  ADVERTISED,
  /** Its refusals. */
  INFERRED,
  /** There is no limit, or none is known. */
  UNKNOWN;

  /** The name in reports and metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
