package dev.sluice.producer.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** Start-time fair queueing: which of the batches' first tasks are next. */
final class FairQueue {
  private FairQueue() {}

  /**
   * A queued task.
   *
   * @param line its line in the input
   * @param tokens estimated for its prompt and reply
   * @param size of its body, in bytes
   */
  record QueuedTask(UUID id, long line, long tokens, long size) {}

  /**
   * A task with its place.
   *
   * @param start what its batch's clock shows when the tasks before it are taken
   */
  record Entry(UUID batch, QueuedTask task, double start) {}

  /**
   * The first tasks of a batch, each with its start.
   *
   * @param clock what the batch's clock shows now
   */
  static List<Entry> candidates(UUID batch, double clock, int priority, List<QueuedTask> tasks) {
    List<QueuedTask> inOrder = new ArrayList<>(tasks);
    inOrder.sort(Comparator.comparingLong(QueuedTask::line));
    List<Entry> candidates = new ArrayList<>();
    long before = 0;
    for (QueuedTask task : inOrder) {
      candidates.add(new Entry(batch, task, clock + (double) before / priority));
      before += task.tokens();
    }
    return candidates;
  }

  /** The ids of those that start first: at most so many, and a bulk of about that many bytes. */
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
