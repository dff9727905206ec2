package dev.sluice.producer.deadletter;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.stereotype.Component;

/** Finds the dead queues of routes that have left the settings, and listens to them as well. */
@Component
class OrphanedDeadQueueListener extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanedDeadQueueListener.class);

  private final RouteHistory routes;
  private final DeadLetterQueues queues;
  private final SimpleMessageListenerContainer container;
  private final BackgroundLoop loop =
      new BackgroundLoop("sluice-dead-queues", Duration.ofSeconds(10), this::round);

  OrphanedDeadQueueListener(
      RouteHistory routes, DeadLetterQueues queues, SimpleMessageListenerContainer deadContainer) {
    this.routes = routes;
    this.queues = queues;
    this.container = deadContainer;
  }

  private boolean round() {
    routes.note();
    Set<String> heard = Set.copyOf(Arrays.asList(container.getQueueNames()));
    for (String route : routes.names()) {
      String queue = QueueNames.deadLetters(route);
      if (!heard.contains(queue) && queues.has(route)) {
        LOG.info(
            "Route {} is in no settings of this producer; its dead letters are taken in", route);
        container.addQueueNames(queue);
        container.start();
      }
    }
    return false;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
