package dev.sluice.producer.report;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerFailedEvent;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Declares a queue of this process alone again where its consumer does not find it. */
@Component
class ExclusiveQueueRedeclarer {
  private static final Logger LOG = LoggerFactory.getLogger(ExclusiveQueueRedeclarer.class);

  private final AmqpAdmin admin;
  private final Set<String> names;

  ExclusiveQueueRedeclarer(AmqpAdmin admin, List<Declarables> declared) {
    this.admin = admin;
    this.names =
        declared.stream()
            .flatMap(queues -> queues.getDeclarablesByType(Queue.class).stream())
            .filter(Queue::isExclusive)
            .map(Queue::getName)
            .collect(Collectors.toUnmodifiableSet());
  }

  @EventListener
  void declareAgain(ListenerContainerConsumerFailedEvent failed) {
    if (!(failed.getSource() instanceof SimpleMessageListenerContainer container)
        || !names.containsAll(Arrays.asList(container.getQueueNames()))) {
      return;
    }
    try {
      admin.initialize();
    } catch (AmqpException away) {
      LOG.debug("A queue is not there yet: {}", away.getMessage());
    }
  }
}
