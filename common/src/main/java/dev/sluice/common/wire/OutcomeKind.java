package dev.sluice.common.wire;

import java.util.Locale;

/** How a task ended. The names are wire constants: add, never rename. */
public enum OutcomeKind {
  COMPLETED,
  FAILED,
  EXPIRED,
  CANCELLED;

  /** The name on the wire, in small letters; also the first word of the outcome's routing key. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
