package dev.sluice.producer.store;

import java.util.Locale;

/** The status of a batch, as OpenAI names it. */
public enum BatchStatus {
  VALIDATING,
  FAILED,
  IN_PROGRESS,
  FINALIZING,
  COMPLETED,
  EXPIRED,
  CANCELLING,
  CANCELLED;

  /** The name in JSON and in the database, in lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BatchStatus fromWire(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
