package dev.sluice.worker.limit.rate;

import java.util.Locale;

/** Where the knowledge of a limit comes from. */
public enum Source {
  /** The settings. */
  SET,
  /** The provider's headers. */
  TOLD,
  /** Its refusals. */
  PROBED,
  /** There is no limit, or none is known. */
  NONE;

  /** The name in reports and metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
