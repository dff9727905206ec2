package dev.sluice.producer.fleet;

import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerFailedEvent;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Declares the queue of the reports again where its consumer does not find it. */
@Component
class QueueRestorer {
  private static final Logger LOG = LoggerFactory.getLogger(QueueRestorer.class);

  private final AmqpAdmin admin;
  private final List<String> names;

  QueueRestorer(AmqpAdmin admin, @Qualifier("reportQueue") Declarables queues) {
    this.admin = admin;
    this.names = queues.getDeclarablesByType(Queue.class).stream().map(Queue::getName).toList();
  }

  @EventListener
  void declareAgain(ListenerContainerConsumerFailedEvent failed) {
    if (!(failed.getSource() instanceof SimpleMessageListenerContainer container)
        || !Arrays.asList(container.getQueueNames()).equals(names)) {
      return;
    }
    try {
      admin.initialize();
    } catch (AmqpException away) {
      LOG.debug("The queue of the reports is not there yet: {}", away.getMessage());
    }
  }
}
