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
 * Recognizes copies of tasks that this worker runs or has settled, so that it does not call them
 * again.
 *
 * <p>Copies are expected. A broker that fails, or loses the connection, may have confirmed a
 * settlement but not processed the acknowledgement. A publisher that gets no confirm publishes
 * again.
 *
 * <ul>
 *   <li>A finished task is stored by task id and run, so that every copy matches.
 *   <li>A delayed task is stored by its exact message. Its next message differs: in the attempt,
 *       the throttles or the due time, or in the enqueue time if the producer withdrew and
 *       republished it.
 * </ul>
 *
 * <p>Entries are limited by count and age. A copy of an evicted task is called again; the producer
 * stores only one outcome.
 */
final class TaskDeduplicator {
  private static final int MAX_ENTRIES = 100_000;
  private static final Duration RETENTION = Duration.ofHours(1);

  /** The maximum time that a copy waits for the running task, before it is requeued. */
  static final Duration WAIT_TIMEOUT = Duration.ofMinutes(5);

  private final Duration waitTimeout;
  private final ConcurrentMap<TaskRun, CountDownLatch> running = new ConcurrentHashMap<>();
  private final Cache<TaskRun, Instant> finished;
  private final Cache<MessageKey, Instant> delayed;

  /**
   * @param waitTimeout the maximum time that a copy waits for the running task
   * @param nanos a monotonic clock
   */
  TaskDeduplicator(Duration waitTimeout, Ticker nanos) {
    this.waitTimeout = waitTimeout;
    this.finished = cache(nanos);
    this.delayed = cache(nanos);
  }

  /** The result of a claim. */
  enum Claim {
    /** The caller owns the task and must release it. */
    ACQUIRED,
    /** A copy of a task that this worker has settled. */
    SETTLED,
    /** This worker still runs the same task, and the wait timed out. */
    RUNNING
  }

  /** Identifies one run of a task. */
  private record TaskRun(String taskId, int run) {
    static TaskRun of(TaskMessage task) {
      return new TaskRun(task.ids().taskId(), task.ids().run());
    }
  }

  /** Identifies one message of a run. */
  private record MessageKey(
      TaskRun run,
      int attempt,
      int throttles,
      int answers,
      Instant firstEnqueuedAt,
      @Nullable Instant notBefore) {
    static MessageKey of(TaskMessage task) {
      return new MessageKey(
          TaskRun.of(task),
          task.attempt(),
          task.throttles(),
          task.check().last().answers(),
          task.firstEnqueuedAt(),
          task.notBefore());
    }
  }

  /** Claims the task; waits while this worker runs the same task. */
  Claim claim(TaskMessage task) throws InterruptedException {
    long deadline = System.nanoTime() + waitTimeout.toNanos();
    CountDownLatch own = new CountDownLatch(1);
    CountDownLatch other = running.putIfAbsent(TaskRun.of(task), own);
    while (other != null) {
      if (!other.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return Claim.RUNNING;
      }
      other = running.putIfAbsent(TaskRun.of(task), own);
    }
    if (finished.getIfPresent(TaskRun.of(task)) == null
        && delayed.getIfPresent(MessageKey.of(task)) == null) {
      return Claim.ACQUIRED;
    }
    release(task);
    return Claim.SETTLED;
  }

  /** Records a settlement that the broker has confirmed. Call it before {@link #release}. */
  void recordSettlement(TaskMessage task, Settlement settlement, Instant now) {
    switch (settlement) {
      case Settlement.Finish finish -> finished.put(TaskRun.of(task), now);
      case Settlement.DeadLetter deadLetter -> finished.put(TaskRun.of(task), now);
      case Settlement.Reply reply -> finished.put(TaskRun.of(task), now);
      case Settlement.Discard discard -> finished.put(TaskRun.of(task), now);
      case Settlement.Delay delay -> {
        if (!MessageKey.of(delay.task()).equals(MessageKey.of(task))) {
          delayed.put(MessageKey.of(task), now);
        }
      }
      case Settlement.ReAsk reAsk -> delayed.put(MessageKey.of(task), now);
      case Settlement.Requeue requeue -> {} // the same message returns
    }
  }

  void release(TaskMessage task) {
    CountDownLatch own = running.remove(TaskRun.of(task));
    if (own != null) {
      own.countDown();
    }
  }

  private static <K> Cache<K, Instant> cache(Ticker nanos) {
    return Caffeine.newBuilder()
        .maximumSize(MAX_ENTRIES)
        .expireAfterWrite(RETENTION)
        .ticker(nanos)
        .executor(Runnable::run)
        .build();
  }
}
