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

  /** The name in the database. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name in the API: {@code in_broker}, as in the counts of a batch, for submitted tasks. */
  public String apiName() {
    return this == SUBMITTED ? "in_broker" : wireName();
  }

  static TaskState ofColumn(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The state of a task with this outcome. */
  static TaskState of(OutcomeKind kind) {
    return valueOf(kind.name());
  }
}
