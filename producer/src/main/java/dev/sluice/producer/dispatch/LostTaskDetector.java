package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.SubmittedTasks;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides which submitted tasks of a route are lost: in no queue, and at no worker.
 *
 * <pre>
 *   route             batch is cancelled              other batches
 *   idle for 10 s     after 10 s                      after the configured time
 *   not idle          after the longest call + 60 s   may be queued or called
 * </pre>
 *
 * <p>A route is idle while its queue is empty and none of its tasks is at a worker: each task is
 * then delayed or lost. The delay queues are read only when a task is due, because their messages
 * are delivered for it. While a read finds all due tasks, the next reads become less frequent.
 *
 * <p>A task that moves from one delay queue to the next during a read is missing in it, so a task
 * is lost only if two consecutive reads do not find it.
 */
final class LostTaskDetector {
  static final Duration MAX_IDLE_TIME = Duration.ofSeconds(10);
  private static final Duration SETTLEMENT_TIME = Duration.ofSeconds(60);
  private static final Duration MAX_READ_INTERVAL = Duration.ofSeconds(5);

  private final long lostAfter;
  private final long idleTime;
  private final long minReadInterval;
  private final long lostWhileCalled;
  private final Map<SubmittedTasks.Submission, Long> missingSince = new HashMap<>();
  private @Nullable Long idleSince;
  private @Nullable Long lastReadAt;
  private long readInterval;

  /** The due tasks that the last read did not find. */
  private Set<UUID> notFound = new HashSet<>();

  /**
   * @param lostAfter how long a task must be missing before it counts as lost. The route must be
   *     idle for 10 s, or this time if that is less; the reads are 5 s apart, or this time
   * @param callTimeout the maximum duration of a call
   */
  LostTaskDetector(Duration lostAfter, Duration callTimeout) {
    this.lostAfter = lostAfter.toNanos();
    this.idleTime = Math.min(MAX_IDLE_TIME.toNanos(), this.lostAfter);
    this.minReadInterval = Math.min(MAX_READ_INTERVAL.toNanos(), this.lostAfter);
    this.readInterval = minReadInterval;
    this.lostWhileCalled = callTimeout.plus(SETTLEMENT_TIME).toNanos();
  }

  /** Reads the ids of all delayed tasks; empty if that is not possible now. */
  @FunctionalInterface
  interface DelayedTasksReader {
    Optional<Set<UUID>> read();
  }

  /** Call it with each count of the route's tasks, also if their ids are not read. */
  void onCount(boolean idle, long nanoTime) {
    if (!idle) {
      idleSince = null;
    } else if (idleSince == null) {
      idleSince = nanoTime;
    }
  }

  /** The lost ones of the tasks that are recorded as submitted. */
  Set<UUID> check(
      Set<SubmittedTasks.Submission> submitted, DelayedTasksReader delayedTasks, long nanoTime) {
    missingSince.keySet().retainAll(submitted);
    submitted.forEach(submission -> missingSince.putIfAbsent(submission, nanoTime));
    Set<UUID> due = due(nanoTime);
    notFound.retainAll(due);
    if (due.isEmpty() || (lastReadAt != null && nanoTime - lastReadAt < readInterval)) {
      return Set.of();
    }
    lastReadAt = nanoTime;
    Optional<Set<UUID>> read = delayedTasks.read();
    if (read.isEmpty()) {
      return Set.of();
    }
    Set<UUID> delayed = read.get();
    missingSince.replaceAll(
        (submission, since) -> delayed.contains(submission.task()) ? nanoTime : since);
    due.removeAll(delayed);
    readInterval =
        due.isEmpty()
            ? Math.max(readInterval, Math.min(2 * readInterval, lostAfter))
            : minReadInterval;
    Set<UUID> lost = new HashSet<>(due);
    lost.retainAll(notFound);
    notFound = due;
    return lost;
  }

  private Set<UUID> due(long nanoTime) {
    boolean idle = idleSince != null && nanoTime - idleSince >= idleTime;
    Set<UUID> due = new HashSet<>();
    missingSince.forEach(
        (submission, since) -> {
          if (isDue(submission.cancelled(), idle, nanoTime - since)) {
            due.add(submission.task());
          }
        });
    return due;
  }

  private boolean isDue(boolean cancelled, boolean idle, long missing) {
    return cancelled
        ? missing >= (idle ? idleTime : lostWhileCalled)
        : idle && missing >= lostAfter;
  }
}
