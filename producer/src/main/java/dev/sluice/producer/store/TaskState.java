package dev.sluice.producer.store;

import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.producer.web.ApiException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

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

  /**
   * The state with this name.
   *
   * @throws ApiException 400 if there is none
   */
  public static TaskState named(String name) {
    return Arrays.stream(values())
        .filter(state -> state.wireName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "Invalid value: '%s'. Supported values are: %s."
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(TaskState::wireName)
                                .collect(Collectors.joining(", "))),
                    "state",
                    "invalid_value"));
  }
}
