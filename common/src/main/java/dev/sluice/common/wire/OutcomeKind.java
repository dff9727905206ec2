package dev.sluice.common.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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

  /** The kind of that wire name, if there is one. */
  public static Optional<OutcomeKind> fromWire(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wireName().equals(name)).findFirst();
  }
}
