package dev.sluice.system.scale;

import dev.sluice.system.run.RunningSluice;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Worker processes in the place of pods: started, and told to stop with the time that they need.
 */
final class WorkerPods {
  private final RunningSluice sluice;
  private final List<String> names;
  private final Set<String> leaving = ConcurrentHashMap.newKeySet();

  /**
   * @param most how many workers it was started with
   */
  WorkerPods(RunningSluice sluice, int most) {
    this.sluice = sluice;
    this.names = IntStream.rangeClosed(1, most).mapToObj(number -> "worker-" + number).toList();
  }

  /** Those that are to be there: also who has not started yet, but nobody who is leaving. */
  int count() {
    return (int) names.stream().filter(this::stays).count();
  }

  /** Every process, also who finishes its calls. */
  int processes() {
    return (int) names.stream().filter(sluice::runs).count();
  }

  /** Starts or stops so many that this number stays, as far as names are free. */
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
