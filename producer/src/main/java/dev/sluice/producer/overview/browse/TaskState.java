package dev.sluice.producer.overview.browse;

import dev.sluice.producer.web.ApiException;
import java.util.List;

/** Checks the names of task states. */
final class TaskState {
  private static final List<String> ALL =
      List.of("queued", "submitted", "completed", "failed", "expired", "cancelled");

  private TaskState() {}

  /**
   * Returns the name if it is a task state.
   *
   * @throws ApiException 400 if it is not
   */
  static String checked(String name) {
    if (!ALL.contains(name)) {
      throw ApiException.badRequest(
          "Invalid value: '%s'. Supported values are: %s.".formatted(name, String.join(", ", ALL)),
          "state",
          "invalid_value");
    }
    return name;
  }
}
