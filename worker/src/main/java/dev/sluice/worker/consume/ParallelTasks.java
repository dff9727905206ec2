package dev.sluice.worker.consume;

import dev.sluice.common.process.FatalErrors;
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
                .map(
                    action ->
                        CompletableFuture.runAsync(() -> run(action), Thread::startVirtualThread))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (Error error) {
      FatalErrors.endProcessIfFatal(error);
      throw error;
    }
  }
}
