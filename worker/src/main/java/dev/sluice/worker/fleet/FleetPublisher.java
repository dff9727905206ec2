package dev.sluice.worker.fleet;

import dev.sluice.common.topology.Exchanges;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Publishes messages to the fleet exchange. A message that cannot be published is lost. */
final class FleetPublisher {
  private static final Logger log = LoggerFactory.getLogger(FleetPublisher.class);

  private final RabbitTemplate template;

  FleetPublisher(RabbitTemplate template) {
    this.template = template;
  }

  /** Publishes a message without blocking the caller. */
  void announce(String topic, Supplier<Message> message) {
    Thread.startVirtualThread(() -> publish(topic, message.get()));
  }

  /** Publishes a message on the calling thread. */
  void publish(String topic, Message message) {
    try {
      template.send(Exchanges.FLEET, topic, message);
    } catch (AmqpException failure) {
      log.debug("Cannot publish to the fleet exchange: {}", failure.toString());
    }
  }
}
