package dev.sluice.bench.system;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.process.ChildProcess;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Starts workers that print {@code ready} when they wait for tasks. */
final class WorkerStarter {
  private WorkerStarter() {}

  static List<ChildProcess> all(int count, Duration timeout, IntFunction<ChildProcess> start) {
    List<ChildProcess> workers = IntStream.rangeClosed(1, count).mapToObj(start).toList();
    for (ChildProcess worker : workers) {
      await().atMost(timeout).until(() -> isReady(worker) || !worker.isAlive());
      if (!worker.isAlive()) {
        throw new IllegalStateException("a worker ended before it was ready: " + worker.output());
      }
    }
    return workers;
  }

  private static boolean isReady(ChildProcess worker) {
    return worker.output().lines().anyMatch("ready"::equals);
  }
}
