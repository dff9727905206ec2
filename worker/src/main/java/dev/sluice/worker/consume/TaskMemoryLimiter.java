package dev.sluice.worker.consume;

import dev.sluice.common.wire.Lane;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the memory of the running tasks of one route and lane. A large task waits, before it is
 * parsed and sent, until earlier ones have finished. Each route has its own limit, so that tasks
 * which wait for a hold of their route do not block others; each lane has, so that batches do not
 * block live calls.
 *
 * <p>Large and small tasks have separate limits: a small task does not wait behind a large one, and
 * small tasks do not keep a large one waiting.
 */
final class TaskMemoryLimiter {
  /** The broker's {@code consumer_timeout} includes this time, see {@link TaskTimes}. */
  static final Duration WAIT_TIMEOUT = Duration.ofSeconds(30);

  /**
   * A running task needs memory for its message, its text in UTF-16, and the bytes that are sent.
   */
  private static final int COPIES = 4;

  /**
   * Running tasks use at most half of the heap; the remaining heap is for waiting tasks and
   * replies.
   */
  private static final int HEAP_DIVISOR = 2;

  /** Small tasks have a quarter of the limit. */
  private static final int SMALL_DIVISOR = 4;

  private static final int MAX_SMALL_BYTES = 64 * 1024;
  private static final int BYTES_PER_PERMIT = 1024;

  private final Duration timeout;
  private final Pool small;
  private final Pool large;

  TaskMemoryLimiter(long bytes, Duration timeout) {
    this.timeout = timeout;
    this.small = new Pool(bytes / SMALL_DIVISOR);
    this.large = new Pool(bytes - bytes / SMALL_DIVISOR);
  }

  /** The limit of one lane of one of the worker's routes. */
  static TaskMemoryLimiter ofLane(int routes) {
    long lanes = (long) routes * Lane.values().length;
    return new TaskMemoryLimiter(
        Runtime.getRuntime().maxMemory() / HEAP_DIVISOR / lanes, WAIT_TIMEOUT);
  }

  /**
   * Runs a task as soon as its memory is available. A task above the limit of large tasks runs
   * without other large ones.
   *
   * @return false if the memory was not available within the timeout, or the thread is interrupted;
   *     the task has not run then
   */
  boolean tryRun(int messageBytes, Runnable task) {
    Pool pool = messageBytes <= MAX_SMALL_BYTES ? small : large;
    int needed = pool.permits(messageBytes);
    // At shutdown the limiter ends the running tasks early, so that the waiting ones follow.
    if (!pool.tryAcquire(needed, timeout)) {
      return false;
    }
    try {
      task.run();
    } finally {
      pool.available.release(needed);
    }
    return true;
  }

  private static final class Pool {
    private final int permits;
    private final Semaphore available;

    Pool(long bytes) {
      this.permits = Math.clamp(bytes / BYTES_PER_PERMIT, 1, Integer.MAX_VALUE);
      this.available = new Semaphore(permits, /* fair= */ true); // FIFO
    }

    int permits(int messageBytes) {
      return Math.clamp((long) messageBytes * COPIES / BYTES_PER_PERMIT, 1, permits);
    }

    boolean tryAcquire(int needed, Duration timeout) {
      try {
        return available.tryAcquire(needed, timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
