package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.TaskSearchResultMessage;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The workers' answers to the searches of this producer. */
@Component
public class TaskSearchResults {
  private final Map<UUID, Map<String, Answer>> searches = new HashMap<>();

  /**
   * The latest answer of a worker.
   *
   * @param found the tasks that were at it at any time since the search started
   */
  public record Answer(int round, Set<UUID> found) {
    public Answer {
      found = Set.copyOf(found);
    }
  }

  /** Accepts answers to a search, until {@link #end}. */
  public synchronized void start(UUID search) {
    searches.putIfAbsent(search, new HashMap<>());
  }

  public synchronized void end(UUID search) {
    searches.remove(search);
  }

  /** The answers by worker. */
  public synchronized Map<String, Answer> of(UUID search) {
    return Map.copyOf(searches.getOrDefault(search, Map.of()));
  }

  /** Stores an answer; ignores those to searches of other producers. */
  synchronized void add(TaskSearchResultMessage message) {
    for (UUID search : ids(List.of(message.search()))) {
      Map<String, Answer> answers = searches.get(search);
      if (answers != null && answers.size() < WorkerReports.MAX_WORKERS) {
        answers.merge(
            message.worker(),
            new Answer(message.round(), ids(message.found())),
            TaskSearchResults::latest);
      }
    }
  }

  private static Answer latest(Answer first, Answer second) {
    return first.round() > second.round() ? first : second;
  }

  /** External publishers may use other ids. */
  private static Set<UUID> ids(List<String> texts) {
    Set<UUID> ids = new HashSet<>();
    for (String text : texts) {
      SqlValues.uuid(text).ifPresent(ids::add);
    }
    return ids;
  }
}
