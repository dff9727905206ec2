package dev.sluice.common.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Terminal state of a task. The names are wire constants: add, never rename. */
public enum OutcomeKind {
  COMPLETED,
  FAILED,
  EXPIRED,
  CANCELLED;

  /** The lower-case name used in headers, and as the first word of the outcome's routing key. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind with this wire name; empty if unknown. */
  public static Optional<OutcomeKind> fromWire(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wireName().equals(name)).findFirst();
  }
}
