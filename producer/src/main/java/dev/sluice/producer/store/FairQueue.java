package dev.sluice.producer.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Hierarchical start-time fair queueing: selects the next tasks from the first tasks of each batch.
 *
 * <p>Projects share a route equally by tokens. Within a project, batches share the project's part
 * by priority. So neither many batches nor a high priority takes tasks from another project.
 */
final class FairQueue {
  private FairQueue() {}

  /**
   * A batch with queued tasks.
   *
   * @param projectVirtualTime the current virtual time of its project: tokens
   * @param virtualTime the current virtual time of the batch: tokens, divided by its priority
   */
  record QueuedBatch(
      UUID id, String project, double projectVirtualTime, double virtualTime, int priority) {}

  /**
   * A queued task.
   *
   * @param line the line number in the input
   * @param tokens the estimate for prompt and reply
   * @param size of the body, in bytes
   */
  record QueuedTask(UUID id, long line, long tokens, long size) {}

  /**
   * A task with its start tag.
   *
   * @param start the virtual time of its batch, or of its project, after the tasks before it
   */
  record Entry(QueuedBatch batch, QueuedTask task, double start) {}

  /** The first tasks of a batch with their start tags within the project. */
  static List<Entry> candidates(QueuedBatch batch, List<QueuedTask> tasks) {
    List<QueuedTask> inOrder = new ArrayList<>(tasks);
    inOrder.sort(Comparator.comparingLong(QueuedTask::line));
    List<Entry> candidates = new ArrayList<>();
    long before = 0;
    for (QueuedTask task : inOrder) {
      candidates.add(
          new Entry(batch, task, batch.virtualTime() + (double) before / batch.priority()));
      before += task.tokens();
    }
    return candidates;
  }

  /**
   * The ids of the next tasks: the projects' tasks with the lowest start tags.
   *
   * @param maxBytes no further task is added when the bodies reach this size
   */
  static List<UUID> choose(List<Entry> candidates, int limit, long maxBytes) {
    Map<String, List<Entry>> byProject =
        candidates.stream().collect(Collectors.groupingBy(entry -> entry.batch().project()));
    List<Entry> inOrder = new ArrayList<>();
    byProject.values().forEach(own -> inOrder.addAll(byProjectStart(own)));
    // The sort is stable, so it keeps the order within a project.
    inOrder.sort(
        Comparator.comparingDouble(Entry::start).thenComparing(entry -> entry.batch().project()));
    List<UUID> chosen = new ArrayList<>();
    long bytes = 0;
    for (Entry candidate : inOrder) {
      if (chosen.size() == limit || bytes >= maxBytes) {
        break;
      }
      chosen.add(candidate.task().id());
      bytes += candidate.task().size();
    }
    return chosen;
  }

  /** The tasks of one project in the order of their batches, with the project's start tags. */
  private static List<Entry> byProjectStart(Collection<Entry> ofProject) {
    List<Entry> inOrder = new ArrayList<>(ofProject);
    inOrder.sort(
        Comparator.comparingDouble(Entry::start)
            .thenComparing(candidate -> candidate.batch().id().toString())
            .thenComparingLong(candidate -> candidate.task().line()));
    List<Entry> tagged = new ArrayList<>();
    long before = 0;
    for (Entry entry : inOrder) {
      tagged.add(
          new Entry(
              entry.batch(), entry.task(), entry.batch().projectVirtualTime() + (double) before));
      before += entry.task().tokens();
    }
    return tagged;
  }
}
