package dev.sluice.system.scale;

import dev.sluice.system.run.RunningSluice;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Runs worker processes in place of pods, and stops them gracefully. */
final class WorkerPods {
  private final RunningSluice sluice;
  private final List<String> names;
  private final Set<String> leaving = ConcurrentHashMap.newKeySet();

  /**
   * @param most number of workers that Sluice was started with
   */
  WorkerPods(RunningSluice sluice, int most) {
    this.sluice = sluice;
    this.names = IntStream.rangeClosed(1, most).mapToObj(number -> "worker-" + number).toList();
  }

  /**
   * Number of workers that should run, including those that have not started yet, excluding those
   * that drain.
   */
  int count() {
    return (int) names.stream().filter(this::stays).count();
  }

  /** Number of processes, including those that drain. */
  int processes() {
    return (int) names.stream().filter(sluice::runs).count();
  }

  /** Starts or stops workers to reach the number, as far as process names are free. */
  void scale(int wanted) {
    List<String> staying = names.stream().filter(this::stays).toList();
    staying.stream().skip(wanted).forEach(this::stop);
    names.stream()
        .filter(name -> !leaving.contains(name) && !sluice.runs(name))
        .limit(Math.max(0, wanted - staying.size()))
        .forEach(sluice::startAgain);
  }

  private boolean stays(String name) {
    return !leaving.contains(name) && sluice.runs(name);
  }

  private void stop(String name) {
    leaving.add(name);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                sluice.terminate(name);
              } finally {
                leaving.remove(name);
              }
            });
  }
}
