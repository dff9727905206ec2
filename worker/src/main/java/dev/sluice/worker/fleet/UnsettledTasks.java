package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.TaskSearchMessage;
import dev.sluice.common.fleet.TaskSearchResultMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that this worker has received and not settled yet. Answers the producers' searches for
 * lost tasks.
 *
 * <p>A search matches the tasks that are unsettled when it starts, and those that are received
 * later. A received task is added before the searches are read, and a search before the unsettled
 * tasks are read, so that none is missed in between.
 */
public final class UnsettledTasks {
  /** Each producer searches in one route at a time. */
  private static final int MAX_SEARCHES = 64;

  private final String worker;
  private final Map<String, Integer> copiesByTask = new ConcurrentHashMap<>();
  private final ConcurrentLinkedDeque<Search> searches = new ConcurrentLinkedDeque<>();

  /**
   * @param worker name of this worker
   */
  public UnsettledTasks(String worker) {
    this.worker = worker;
  }

  private record Search(String id, Set<String> tasks, Set<String> found) {
    void received(String task) {
      if (tasks.contains(task)) {
        found.add(task);
      }
    }
  }

  /**
   * Runs what handles a message, until the message is settled.
   *
   * @param task the task's id; null if the message has none
   */
  public void whileUnsettled(@Nullable String task, Runnable handler) {
    if (task == null) {
      handler.run();
      return;
    }
    copiesByTask.merge(task, 1, Integer::sum);
    try {
      searches.forEach(search -> search.received(task));
      handler.run();
    } finally {
      copiesByTask.computeIfPresent(task, (id, copies) -> copies == 1 ? null : copies - 1);
    }
  }

  /** The answer; empty if this worker does not know the search. */
  Optional<TaskSearchResultMessage> onSearch(TaskSearchMessage message) {
    return find(message)
        .map(
            search ->
                new TaskSearchResultMessage(
                    worker, search.id(), message.round(), List.copyOf(search.found())));
  }

  private synchronized Optional<Search> find(TaskSearchMessage message) {
    Optional<Search> known =
        searches.stream().filter(search -> search.id().equals(message.search())).findFirst();
    if (known.isPresent() || message.round() != 1) {
      return known;
    }
    Search search =
        new Search(message.search(), Set.copyOf(message.tasks()), ConcurrentHashMap.newKeySet());
    searches.add(search);
    copiesByTask.keySet().forEach(search::received);
    if (searches.size() > MAX_SEARCHES) {
      searches.poll();
    }
    return Optional.of(search);
  }
}
