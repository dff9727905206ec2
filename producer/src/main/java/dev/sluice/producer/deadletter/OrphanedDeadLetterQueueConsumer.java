package dev.sluice.producer.deadletter;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.stereotype.Component;

/** Consumes the dead-letter queues of routes that are no longer in the settings. */
@Component
class OrphanedDeadLetterQueueConsumer extends SingleLoopTask {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanedDeadLetterQueueConsumer.class);

  private final RouteHistory history;
  private final DeadLetterQueues queues;
  private final SimpleMessageListenerContainer container;

  OrphanedDeadLetterQueueConsumer(
      RouteHistory history,
      DeadLetterQueues queues,
      SimpleMessageListenerContainer deadLetterContainer) {
    super("dead-letter-queues", Duration.ofSeconds(10));
    this.history = history;
    this.queues = queues;
    this.container = deadLetterContainer;
  }

  @Override
  protected boolean round() {
    history.recordRoutes();
    Set<String> consumed = Set.copyOf(Arrays.asList(container.getQueueNames()));
    for (String route : history.names()) {
      String queue = QueueNames.deadLetters(route);
      if (!consumed.contains(queue) && queues.exists(route)) {
        LOG.info(
            "Route {} is not in the settings of this producer; consuming its dead-letter queue",
            route);
        container.addQueueNames(queue);
        container.start();
      }
    }
    return false;
  }
}
