package dev.sluice.system.fault;

import dev.sluice.system.run.RunningSluice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends each call to the next producer that was ready when it was last asked, as a load balancer
 * does. It never tries a call again.
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

  /** The address for the next call. */
  String next() {
    for (int tried = 0; tried < producers.size(); tried++) {
      String one = producers.get(Math.floorMod(turn.getAndIncrement(), producers.size()));
      if (ready.getOrDefault(one, false)) {
        return sluice.url(one);
      }
    }
    return sluice.url(producers.getFirst());
  }

  /** How often each answered that it goes, and so was still there. */
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
