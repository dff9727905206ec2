package dev.sluice.producer.route.report;

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

/** Redeclares an exclusive queue of this process if its consumer does not find it. */
@Component
class ExclusiveQueueRedeclarer {
  private static final Logger LOG = LoggerFactory.getLogger(ExclusiveQueueRedeclarer.class);

  private final AmqpAdmin admin;
  private final Set<String> names;

  ExclusiveQueueRedeclarer(AmqpAdmin admin, List<Declarables> declarables) {
    this.admin = admin;
    this.names =
        declarables.stream()
            .flatMap(queues -> queues.getDeclarablesByType(Queue.class).stream())
            .filter(Queue::isExclusive)
            .map(Queue::getName)
            .collect(Collectors.toUnmodifiableSet());
  }

  @EventListener
  void redeclare(ListenerContainerConsumerFailedEvent failed) {
    if (!(failed.getSource() instanceof SimpleMessageListenerContainer container)
        || !names.containsAll(Arrays.asList(container.getQueueNames()))) {
      return;
    }
    try {
      admin.initialize();
    } catch (AmqpException failure) {
      LOG.debug("Cannot redeclare an exclusive queue yet: {}", failure.getMessage());
    }
  }
}
