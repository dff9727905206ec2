package dev.sluice.worker.consume;

import dev.sluice.worker.limit.RateLimiter;
import java.util.List;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/**
 * The consumers of one route.
 *
 * @param keyWatchers one per member
 * @param containers one listener container per lane
 */
record RoutePool(
    RateLimiter limiter,
    List<ApiKeyWatcher> keyWatchers,
    List<SimpleMessageListenerContainer> containers) {

  void start() {
    keyWatchers.forEach(ApiKeyWatcher::start);
    ParallelTasks.invokeAll(
        containers.stream().<Runnable>map(container -> container::start).toList());
  }

  /**
   * Stops the consumers and waits for them. Tasks that wait for a permit are requeued; calls in
   * flight are finished.
   */
  void stop() {
    limiter.close();
    ParallelTasks.invokeAll(
        containers.stream().<Runnable>map(container -> container::stop).toList());
  }
}
