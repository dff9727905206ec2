package dev.sluice.worker.consume;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Does several things at once, and waits for all of them. */
final class ParallelTasks {
  private ParallelTasks() {}

  /**
   * Returns when all are done, or at once when the thread is interrupted: its flag stays on.
   *
   * @throws RuntimeException the first that one of them has thrown, when all are done
   */
  static void invokeAll(List<Runnable> things) {
    Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        things.stream()
            .map(thing -> Thread.startVirtualThread(() -> attempt(thing, failures)))
            .toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    RuntimeException first = failures.peek();
    if (first != null) {
      throw first;
    }
  }

  private static void attempt(Runnable thing, Queue<RuntimeException> failures) {
    try {
      thing.run();
    } catch (RuntimeException failure) {
      failures.add(failure);
    }
  }
}
