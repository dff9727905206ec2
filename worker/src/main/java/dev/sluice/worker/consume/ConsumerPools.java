package dev.sluice.worker.consume;

import dev.sluice.worker.fleet.FleetLink;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts the consumers of all routes; on shutdown waits until the calls in flight are settled. */
public final class ConsumerPools implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ConsumerPools.class);

  private final List<RoutePool> pools;
  private final FleetLink fleet;
  private final Thread warmUp;
  private volatile boolean running;

  /**
   * @param warmUp the warm-up thread; consumers start after it ends
   */
  ConsumerPools(List<RoutePool> pools, FleetLink fleet, Thread warmUp) {
    this.pools = pools;
    this.fleet = fleet;
    this.warmUp = warmUp;
  }

  @Override
  public void start() {
    fleet.start();
    awaitWarmUp();
    ParallelTasks.invokeAll(pools.stream().<Runnable>map(pool -> pool::start).toList());
    running = true;
  }

  private void awaitWarmUp() {
    try {
      warmUp.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    log.info("Shutting down: finishing calls in flight, starting no new calls");
    fleet.stopping();
    ParallelTasks.invokeAll(pools.stream().<Runnable>map(pool -> pool::stop).toList());
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
