package dev.sluice.worker.consume;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.settle.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this worker remembers of tasks, so that no copy of one is called again.
 *
 * <p>Copies are ordinary: a broker that dies, or loses the connection, has confirmed a settlement
 * and not yet read the acknowledgement; and who publishes and hears no confirm publishes again. A
 * task that has ended is remembered by its id and run, whichever copy comes. One that was delayed
 * is remembered as the very message that it was, because it does come back, as another: with
 * another time or number, or anew from the producer that had called it back meanwhile.
 *
 * <p>Bounded by count and age. What it has forgotten is called again, and ends once all the same.
 */
final class TaskDeduplicator {
  private static final int MOST = 100_000;
  private static final Duration KEPT = Duration.ofHours(1);

  /** How long a copy waits for the end of the one that runs, before it goes back to its queue. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Duration patience;
  private final ConcurrentMap<Run, CountDownLatch> running = new ConcurrentHashMap<>();
  private final Cache<Run, Instant> ended;
  private final Cache<Step, Instant> delayed;

  /**
   * @param patience how long a copy waits for the end of the one that runs
   * @param nanos a steady clock
   */
  TaskDeduplicator(Duration patience, Ticker nanos) {
    this.patience = patience;
    this.ended = cache(nanos);
    this.delayed = cache(nanos);
  }

  /** What a task is to this worker. */
  enum Claim {
    /** It is the caller's, who releases it. */
    ACQUIRED,
    /** It was settled here: a copy, of which nobody needs anything. */
    SETTLED,
    /** Another of the same still runs here. */
    RUNNING
  }

  /** A task's one run, whatever became of it. */
  private record Run(String taskId, int run) {
    static Run of(TaskMessage task) {
      return new Run(task.ids().taskId(), task.ids().run());
    }
  }

  /** One message of it. */
  private record Step(
      Run run, int attempt, int throttles, Instant firstEnqueuedAt, @Nullable Instant notBefore) {
    static Step of(TaskMessage task) {
      return new Step(
          Run.of(task), task.attempt(), task.throttles(), task.firstEnqueuedAt(), task.notBefore());
    }
  }

  /** Takes the task, once no other of the same runs here. */
  Claim claim(TaskMessage task) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    CountDownLatch mine = new CountDownLatch(1);
    CountDownLatch other = running.putIfAbsent(Run.of(task), mine);
    while (other != null) {
      if (!other.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return Claim.RUNNING;
      }
      other = running.putIfAbsent(Run.of(task), mine);
    }
    if (ended.getIfPresent(Run.of(task)) == null && delayed.getIfPresent(Step.of(task)) == null) {
      return Claim.ACQUIRED;
    }
    release(task);
    return Claim.SETTLED;
  }

  /** The broker has confirmed what was settled. Before it is released. */
  void settled(TaskMessage task, Settlement settlement, Instant now) {
    switch (settlement) {
      case Settlement.Finish finish -> ended.put(Run.of(task), now);
      case Settlement.DeadLetter deadLetter -> ended.put(Run.of(task), now);
      case Settlement.Reply handBack -> ended.put(Run.of(task), now);
      case Settlement.Discard discard -> ended.put(Run.of(task), now);
      case Settlement.Delay delay -> {
        if (!Step.of(delay.task()).equals(Step.of(task))) {
          delayed.put(Step.of(task), now);
        }
      }
      case Settlement.Requeue requeue -> {} // it comes again as it was
    }
  }

  void release(TaskMessage task) {
    CountDownLatch mine = running.remove(Run.of(task));
    if (mine != null) {
      mine.countDown();
    }
  }

  private static <K> Cache<K, Instant> cache(Ticker nanos) {
    return Caffeine.newBuilder()
        .maximumSize(MOST)
        .expireAfterWrite(KEPT)
        .ticker(nanos)
        .executor(Runnable::run)
        .build();
  }
}
