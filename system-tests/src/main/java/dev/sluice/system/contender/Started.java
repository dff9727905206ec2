package dev.sluice.system.contender;

import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Child;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Starts workers that print {@code ready} once they wait for work. */
final class Started {
  private Started() {}

  static List<Child> all(int count, Duration within, IntFunction<Child> start) {
    List<Child> workers = IntStream.rangeClosed(1, count).mapToObj(start).toList();
    for (Child worker : workers) {
      await().atMost(within).until(() -> isReady(worker) || !worker.isAlive());
      if (!worker.isAlive()) {
        throw new IllegalStateException("a worker ended: " + worker.printed());
      }
    }
    return workers;
  }

  private static boolean isReady(Child worker) {
    return worker.printed().lines().anyMatch("ready"::equals);
  }
}
