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
  private volatile boolean running;

  ConsumerPools(List<RoutePool> pools, FleetLink fleet) {
    this.pools = pools;
    this.fleet = fleet;
  }

  @Override
  public void start() {
    fleet.start();
    pools.forEach(RoutePool::start);
    running = true;
  }

  @Override
  public void stop() {
    log.info("Stopping: calls in flight are finished, no new one starts");
    fleet.stopping();
    Together.run(pools.stream().<Runnable>map(pool -> pool::stop).toList());
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
