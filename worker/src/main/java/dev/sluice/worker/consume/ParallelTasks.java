package dev.sluice.worker.consume;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs actions in parallel. */
final class ParallelTasks {
  private ParallelTasks() {}

  /**
   * Runs the actions on virtual threads and waits for all of them.
   *
   * @throws java.util.concurrent.CompletionException if an action fails, after all have ended
   */
  static void invokeAll(List<Runnable> actions) {
    CompletableFuture.allOf(
            actions.stream()
                .map(action -> CompletableFuture.runAsync(action, Thread::startVirtualThread))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }
}
