package dev.sluice.producer.desk;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
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
class DeadQueueFinder extends Looping {
  private static final Logger LOG = LoggerFactory.getLogger(DeadQueueFinder.class);

  private final KnownRoutes routes;
  private final DeadQueues queues;
  private final SimpleMessageListenerContainer container;
  private final WorkLoop loop =
      new WorkLoop("dead-letter-queues", Duration.ofSeconds(10), this::round);

  DeadQueueFinder(
      KnownRoutes routes, DeadQueues queues, SimpleMessageListenerContainer deadContainer) {
    this.routes = routes;
    this.queues = queues;
    this.container = deadContainer;
  }

  private boolean round() {
    routes.note();
    Set<String> heard = Set.copyOf(Arrays.asList(container.getQueueNames()));
    for (String route : routes.names()) {
      String queue = QueueNames.dead(route);
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
  protected List<WorkLoop> loops() {
    return List.of(loop);
  }
}
