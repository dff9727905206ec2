package dev.sluice.producer.dispatch.search;

import dev.sluice.producer.route.report.TaskSearchResults;
import dev.sluice.producer.store.Publications;
import dev.sluice.producer.store.SubmittedTasks;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a search reads of one route. */
public interface RouteView {
  Set<SubmittedTasks.Submission> submitted();

  /** The names of all workers; empty if there are consumers that do not report. */
  Optional<Set<String>> workers();

  /** Publishes a query to all workers. */
  void query(UUID search, int round, List<UUID> tasks);

  /** The workers' answers by name. */
  Map<String, TaskSearchResults.Answer> answers(UUID search);

  /** The search needs no more answers. */
  void end(UUID search);

  /** The delayed tasks; empty if they are unknown, or while outcomes wait for the collector. */
  Optional<Set<UUID>> delayedTasks();

  Publications.DispatchPosition position();

  /** The number of tasks in the queue that no worker has received. */
  long ready();
}
