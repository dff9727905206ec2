package dev.sluice.producer.store;

import dev.sluice.common.wire.OutcomeKind;
import java.util.Locale;

/** The state of a task. */
public enum TaskState {
  /** Waits for the answers of other tasks. */
  BLOCKED,
  /** In PostgreSQL. */
  QUEUED,
  /** In the broker or at a worker. */
  SUBMITTED,
  COMPLETED,
  FAILED,
  EXPIRED,
  CANCELLED;

  /** The name in JSON and in the database, in lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state of a task with this outcome. */
  static TaskState of(OutcomeKind kind) {
    return valueOf(kind.name());
  }
}
