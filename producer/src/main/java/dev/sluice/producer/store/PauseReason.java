package dev.sluice.producer.store;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a batch is paused. */
public enum PauseReason {
  /** An operator paused it. */
  MANUAL("hand"),
  /** Its own budget is spent. */
  BUDGET("budget"),
  /** The monthly budget of its project is spent. */
  PROJECT_BUDGET("project_budget"),
  /**
   * Its stop condition is met. The column {@code stopped} distinguishes it from {@link #MANUAL}.
   */
  STOP_AFTER("hand");

  /** The stored value, which does not always equal the wire name. */
  private final String column;

  PauseReason(String column) {
    this.column = column;
  }

  /** The name in JSON and logs, in lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  String column() {
    return column;
  }

  static @Nullable PauseReason ofColumn(@Nullable String column) {
    for (PauseReason cause : values()) {
      if (cause.column.equals(column)) {
        return cause;
      }
    }
    return null;
  }
}
