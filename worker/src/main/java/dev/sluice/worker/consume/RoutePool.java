package dev.sluice.worker.consume;

import dev.sluice.worker.limit.RateLimiter;
import java.util.List;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/**
 * The consumers of one route.
 *
 * @param containers one for each lane
 */
record RoutePool(
    RateLimiter limiter, ApiKeyWatcher key, List<SimpleMessageListenerContainer> containers) {

  void start() {
    key.start();
    ParallelTasks.invokeAll(
        containers.stream().<Runnable>map(container -> container::start).toList());
  }

  /**
   * Whoever waits for a permit puts its task back; whoever is in a call finishes it. Returns when
   * all have.
   */
  void stop() {
    limiter.close();
    ParallelTasks.invokeAll(
        containers.stream().<Runnable>map(container -> container::stop).toList());
  }
}
