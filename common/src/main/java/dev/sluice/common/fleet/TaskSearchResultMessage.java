package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * The answer of a worker to a {@link TaskSearchMessage}. A worker that does not know the search,
 * because it started later, does not answer.
 *
 * @param worker name of the worker
 * @param search id of the search
 * @param round as in the message that it answers
 * @param found ids of the tasks that were at the worker at any time since the search started
 */
public record TaskSearchResultMessage(String worker, String search, int round, List<String> found) {

  public TaskSearchResultMessage {
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(search, "search");
    found = found == null ? List.of() : List.copyOf(found);
  }
}
