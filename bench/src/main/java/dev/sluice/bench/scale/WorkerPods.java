package dev.sluice.bench.scale;

import dev.sluice.testkit.run.RunningSluice;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Runs worker processes in place of pods, and stops them gracefully. */
final class WorkerPods {
  private final RunningSluice sluice;
  private final List<String> names;
  private final Set<String> draining = ConcurrentHashMap.newKeySet();

  /**
   * @param maxWorkers number of workers that Sluice was started with
   */
  WorkerPods(RunningSluice sluice, int maxWorkers) {
    this.sluice = sluice;
    this.names =
        IntStream.rangeClosed(1, maxWorkers).mapToObj(number -> "worker-" + number).toList();
  }

  /**
   * Number of workers that should run, including those that have not started yet, excluding those
   * that drain.
   */
  int count() {
    return (int) names.stream().filter(this::shouldRun).count();
  }

  /** Number of processes, including those that drain. */
  int processes() {
    return (int) names.stream().filter(sluice::isRunning).count();
  }

  /** Starts or stops workers to reach the number, as far as process names are free. */
  void scale(int desired) {
    List<String> running = names.stream().filter(this::shouldRun).toList();
    running.stream().skip(desired).forEach(this::stop);
    names.stream()
        .filter(name -> !draining.contains(name) && !sluice.isRunning(name))
        .limit(Math.max(0, desired - running.size()))
        .forEach(sluice::restart);
  }

  private boolean shouldRun(String name) {
    return !draining.contains(name) && sluice.isRunning(name);
  }

  private void stop(String name) {
    draining.add(name);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                sluice.terminate(name);
              } finally {
                draining.remove(name);
              }
            });
  }
}
