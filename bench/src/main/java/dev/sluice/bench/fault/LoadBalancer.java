package dev.sluice.bench.fault;

import dev.sluice.testkit.run.RunningSluice;
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
  private static final Duration POLL_INTERVAL = Duration.ofMillis(250);
  private static final int OK = 200;
  private static final int DRAINING = 503;

  private final RunningSluice sluice;
  private final List<String> producers;
  private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
  private final Map<String, Integer> drainingReplies = new ConcurrentHashMap<>();
  private final AtomicInteger nextIndex = new AtomicInteger();
  private final Thread poller;
  private volatile boolean closed;

  LoadBalancer(RunningSluice sluice, List<String> producers) {
    this.sluice = sluice;
    this.producers = producers;
    producers.forEach(this::poll);
    this.poller = Thread.ofVirtual().name("balancer").start(this::pollLoop);
  }

  /** The URL for the next call. */
  String next() {
    for (int tried = 0; tried < producers.size(); tried++) {
      String one = producers.get(Math.floorMod(nextIndex.getAndIncrement(), producers.size()));
      if (ready.getOrDefault(one, false)) {
        return sluice.url(one);
      }
    }
    return sluice.url(producers.getFirst());
  }

  /**
   * Number of 503 readiness replies by producer: each shows that it still responded while draining.
   */
  Map<String, Integer> drainingReplies() {
    return drainingReplies;
  }

  private void pollLoop() {
    try {
      while (!closed) {
        Thread.sleep(POLL_INTERVAL);
        producers.forEach(this::poll);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll(String producer) {
    int status = sluice.readiness(producer);
    if (status == DRAINING) {
      drainingReplies.merge(producer, 1, Integer::sum);
    }
    ready.put(producer, status == OK);
  }

  /**
   * Waits for the last poll. An interrupted poll would throw an exception in its thread, which
   * Awaitility throws again in any thread that waits at that time.
   */
  @Override
  public void close() {
    closed = true;
    try {
      poller.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
