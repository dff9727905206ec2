package dev.sluice.worker.consume;

import java.util.concurrent.Semaphore;

/**
 * Limits the memory of a route's running tasks. A large task waits, before it is parsed and sent,
 * until earlier ones have ended. Each route has its own limit, so that tasks which wait for a hold
 * of their route do not block others.
 */
final class TaskMemory {
  /** A running task has its message, its text in UTF-16, and the bytes that are sent. */
  private static final int COPIES = 4;

  /**
   * Running tasks use at most this fraction of the heap; the others are for waiting and replies.
   */
  private static final int HEAP_DIVISOR = 2;

  private static final int BYTES_PER_PERMIT = 1024;

  private final int permits;
  private final Semaphore available;

  TaskMemory(long bytes) {
    this.permits = Math.clamp(bytes / BYTES_PER_PERMIT, 1, Integer.MAX_VALUE);
    this.available = new Semaphore(permits);
  }

  /** The limit of one of the worker's routes. */
  static TaskMemory ofRoute(int routes) {
    return new TaskMemory(Runtime.getRuntime().maxMemory() / HEAP_DIVISOR / routes);
  }

  /** Runs a task as soon as its memory is available. A task above the limit runs alone. */
  void run(int messageBytes, Runnable task) {
    int needed = permits(messageBytes);
    // At shutdown the limiter ends the running tasks early, so that the waiting ones follow.
    available.acquireUninterruptibly(needed);
    try {
      task.run();
    } finally {
      available.release(needed);
    }
  }

  private int permits(int messageBytes) {
    return Math.clamp((long) messageBytes * COPIES / BYTES_PER_PERMIT, 1, permits);
  }
}
