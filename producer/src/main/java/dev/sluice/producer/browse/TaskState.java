package dev.sluice.producer.browse;

import dev.sluice.producer.error.ApiException;
import java.util.List;

/** The states in which a task is stored. */
final class TaskState {
  private static final List<String> ALL =
      List.of("queued", "submitted", "completed", "failed", "expired", "cancelled");

  private TaskState() {}

  /**
   * The same name, where it is one.
   *
   * @throws ApiException where it is none
   */
  static String of(String name) {
    if (!ALL.contains(name)) {
      throw ApiException.badRequest(
          "Invalid value: '%s'. Supported values are: %s.".formatted(name, String.join(", ", ALL)),
          "state",
          "invalid_value");
    }
    return name;
  }
}
