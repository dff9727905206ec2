package dev.sluice.producer.batch;

import java.util.Locale;

/** Where a batch is on its way; OpenAI's words. */
public enum BatchStatus {
  VALIDATING,
  FAILED,
  IN_PROGRESS,
  FINALIZING,
  COMPLETED,
  EXPIRED,
  CANCELLING,
  CANCELLED;

  /** The name on the wire, in small letters. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BatchStatus fromWire(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
