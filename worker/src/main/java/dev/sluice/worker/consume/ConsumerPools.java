package dev.sluice.worker.consume;

import dev.sluice.worker.fleet.FleetLink;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts the consumers of all routes, and stops them without losing or repeating a call. */
public final class ConsumerPools implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ConsumerPools.class);

  private final List<RoutePool> pools;
  private final FleetLink fleet;
  private final Thread rehearsing;
  private volatile boolean running;

  /**
   * @param rehearsing ends soon, and no task is taken before
   */
  ConsumerPools(List<RoutePool> pools, FleetLink fleet, Thread rehearsing) {
    this.pools = pools;
    this.fleet = fleet;
    this.rehearsing = rehearsing;
  }

  @Override
  public void start() {
    fleet.start();
    awaitRehearsal();
    ParallelTasks.invokeAll(pools.stream().<Runnable>map(pool -> pool::start).toList());
    running = true;
  }

  private void awaitRehearsal() {
    try {
      rehearsing.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    log.info("Stopping: calls in flight are finished, no new one starts");
    fleet.stopping();
    ParallelTasks.invokeAll(pools.stream().<Runnable>map(pool -> pool::stop).toList());
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
