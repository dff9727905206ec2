package dev.sluice.worker.consume;

import dev.sluice.common.process.FatalErrors;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Runs actions in parallel. */
final class ParallelTasks {
  private ParallelTasks() {}

  /**
   * Runs the actions on virtual threads and waits for all of them. Returns early, with the
   * interrupt flag set, if the calling thread is interrupted.
   *
   * @throws RuntimeException the first exception of an action, after all have ended
   */
  static void invokeAll(List<Runnable> actions) {
    Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        actions.stream()
            .map(action -> Thread.startVirtualThread(() -> attempt(action, failures)))
            .toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    RuntimeException first = failures.peek();
    if (first != null) {
      throw first;
    }
  }

  private static void attempt(Runnable action, Queue<RuntimeException> failures) {
    try {
      action.run();
    } catch (RuntimeException failure) {
      failures.add(failure);
    } catch (Error error) {
      FatalErrors.endProcessIfFatal(error);
      failures.add(new IllegalStateException(error));
    }
  }
}
