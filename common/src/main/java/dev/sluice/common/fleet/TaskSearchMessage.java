package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * Queries all workers for tasks that they have received and not settled, or have received since the
 * search started. Each worker answers with a {@link TaskSearchResultMessage}.
 *
 * @param search id of the search
 * @param round 1 starts the search; a higher round asks for a newer answer, without the tasks
 * @param tasks ids of the tasks; empty if the round is above 1
 */
public record TaskSearchMessage(String search, int round, List<String> tasks) {

  public TaskSearchMessage {
    Objects.requireNonNull(search, "search");
    tasks = tasks == null ? List.of() : List.copyOf(tasks);
  }
}
