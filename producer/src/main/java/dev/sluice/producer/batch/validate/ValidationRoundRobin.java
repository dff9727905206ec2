package dev.sluice.producer.batch.validate;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchQueries;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The order of validation: round-robin over the projects, oldest batch of a project first. A
 * project never occupies all loops, so a new project does not wait for its large files.
 */
final class ValidationRoundRobin {
  private final int maxPerProject;
  private final Map<Project, Long> lastVisits = new HashMap<>();
  private final Map<Project, Integer> inProgress = new HashMap<>();
  private final Set<BatchId> taken = new HashSet<>();
  private long visits;

  /**
   * @param maxPerProject maximum number of batches of a project that are validated in parallel
   */
  ValidationRoundRobin(int maxPerProject) {
    this.maxPerProject = maxPerProject;
  }

  /**
   * Takes the next batch, for one loop, until {@link #release}.
   *
   * @param waiting all projects with waiting batches; of each project the oldest first
   * @param skipped batches that the caller has tried already
   */
  synchronized Optional<BatchQueries.Unvalidated> take(
      List<BatchQueries.Unvalidated> waiting, Set<BatchId> skipped) {
    Optional<BatchQueries.Unvalidated> next =
        waiting.stream()
            .filter(batch -> !skipped.contains(batch.id()) && !taken.contains(batch.id()))
            .filter(batch -> inProgress.getOrDefault(batch.project(), 0) < maxPerProject)
            .min(Comparator.comparingLong(batch -> lastVisits.getOrDefault(batch.project(), 0L)));
    next.ifPresent(
        batch -> {
          lastVisits.put(batch.project(), ++visits);
          inProgress.merge(batch.project(), 1, Integer::sum);
          taken.add(batch.id());
        });
    return next;
  }

  synchronized void release(BatchQueries.Unvalidated batch) {
    taken.remove(batch.id());
    inProgress.computeIfPresent(batch.project(), (project, count) -> count == 1 ? null : count - 1);
  }
}
