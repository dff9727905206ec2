package dev.sluice.producer.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** Start-time fair queueing: selects the next tasks from the first tasks of each batch. */
final class FairQueue {
  private FairQueue() {}

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
   * @param start the virtual time of its batch after the tasks before it
   */
  record Entry(UUID batch, QueuedTask task, double start) {}

  /**
   * The first tasks of a batch with their start tags.
   *
   * @param virtualTime the current virtual time of the batch
   */
  static List<Entry> candidates(
      UUID batch, double virtualTime, int priority, List<QueuedTask> tasks) {
    List<QueuedTask> inOrder = new ArrayList<>(tasks);
    inOrder.sort(Comparator.comparingLong(QueuedTask::line));
    List<Entry> candidates = new ArrayList<>();
    long before = 0;
    for (QueuedTask task : inOrder) {
      candidates.add(new Entry(batch, task, virtualTime + (double) before / priority));
      before += task.tokens();
    }
    return candidates;
  }

  /**
   * The ids of the tasks with the lowest start tags.
   *
   * @param maxBytes no further task is added when the bodies reach this size
   */
  static List<UUID> choose(List<Entry> candidates, int limit, long maxBytes) {
    List<Entry> inOrder = new ArrayList<>(candidates);
    inOrder.sort(
        Comparator.comparingDouble(Entry::start)
            .thenComparing(candidate -> candidate.batch().toString())
            .thenComparingLong(candidate -> candidate.task().line()));
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
}
