package dev.sluice.system.fault;

import dev.sluice.system.run.RunningSluice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Round-robin load balancer that skips producers whose last readiness check failed. It does not
 * retry calls.
 */
final class LoadBalancer implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int OK = 200;
  private static final int LEAVING = 503;

  private final RunningSluice sluice;
  private final List<String> producers;
  private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
  private final Map<String, Integer> farewells = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final Thread looking;

  LoadBalancer(RunningSluice sluice, List<String> producers) {
    this.sluice = sluice;
    this.producers = producers;
    producers.forEach(this::look);
    this.looking = Thread.ofVirtual().name("balancer").start(this::lookNowAndThen);
  }

  /** The URL for the next call. */
  String next() {
    for (int tried = 0; tried < producers.size(); tried++) {
      String one = producers.get(Math.floorMod(turn.getAndIncrement(), producers.size()));
      if (ready.getOrDefault(one, false)) {
        return sluice.url(one);
      }
    }
    return sluice.url(producers.getFirst());
  }

  /**
   * Number of 503 readiness replies by producer: each shows that it still responded while draining.
   */
  Map<String, Integer> farewells() {
    return farewells;
  }

  private void lookNowAndThen() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        producers.forEach(this::look);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(String producer) {
    int status = sluice.readiness(producer);
    if (status == LEAVING) {
      farewells.merge(producer, 1, Integer::sum);
    }
    ready.put(producer, status == OK);
  }

  @Override
  public void close() {
    looking.interrupt();
  }
}
