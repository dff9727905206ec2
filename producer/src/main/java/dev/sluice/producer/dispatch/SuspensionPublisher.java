package dev.sluice.producer.dispatch;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.producer.batch.BatchId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/**
 * Tells the workers which batches are halted. Nothing of it is kept: it is said again and again.
 */
@Component
class SuspensionPublisher {
  /** Long enough that some may be lost, short enough to end soon after the producer. */
  private static final Duration VALID = Duration.ofSeconds(5);

  private final RabbitTemplate template;

  SuspensionPublisher(ConnectionFactory brokers) {
    this.template = new RabbitTemplate(brokers); // neither mandatory nor confirmed
  }

  /**
   * Tells all of a route's.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  void tell(String route, Map<UUID, Backlog.Suspension> halted) {
    SuspensionMessage notice =
        new SuspensionMessage(
            route,
            VALID.toMillis(),
            named(halted, Backlog.Suspension.CANCELLED),
            named(halted, Backlog.Suspension.PAUSED));
    template.send(Exchanges.FLEET, FleetTopics.HALT, FleetCodec.write(notice));
  }

  private static List<String> named(Map<UUID, Backlog.Suspension> halted, Backlog.Suspension kind) {
    return halted.entrySet().stream()
        .filter(entry -> entry.getValue() == kind)
        .map(entry -> new BatchId(entry.getKey()).toString())
        .toList();
  }
}
