package dev.sluice.producer.dispatch;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.RouteBacklogs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/**
 * Publishes the suspended batches and the crowding projects to the workers. The messages are
 * transient and repeated.
 */
@Component
class SuspensionPublisher {
  /** Survives the loss of some messages, and expires soon after the producer has stopped. */
  private static final Duration VALIDITY = Duration.ofSeconds(5);

  private final RabbitTemplate template;

  SuspensionPublisher(ConnectionFactory connectionFactory) {
    this.template = new RabbitTemplate(connectionFactory); // neither mandatory nor confirmed
    template.setUsePublisherConnection(true); // a blocked publisher does not block consumers
  }

  /**
   * Publishes all suspended batches and crowding projects of a route.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   * @throws IllegalStateException if the thread has an open database transaction
   */
  void publish(
      String route, Map<UUID, RouteBacklogs.Suspension> suspended, CrowdingProjects crowding) {
    NoTransaction.require();
    SuspensionMessage message =
        new SuspensionMessage(
            route,
            VALIDITY.toMillis(),
            ids(suspended, RouteBacklogs.Suspension.CANCELLED),
            ids(suspended, RouteBacklogs.Suspension.PAUSED),
            crowding.delays().entrySet().stream()
                .map(
                    project ->
                        new SuspensionMessage.ProjectLimit(
                            project.getKey(),
                            crowding.maxFraction(),
                            project.getValue().toMillis()))
                .toList());
    template.send(Exchanges.FLEET, FleetTopics.SUSPENSION, FleetCodec.write(message));
  }

  private static List<String> ids(
      Map<UUID, RouteBacklogs.Suspension> suspended, RouteBacklogs.Suspension kind) {
    return suspended.entrySet().stream()
        .filter(entry -> entry.getValue() == kind)
        .map(entry -> new BatchId(entry.getKey()).toString())
        .toList();
  }
}
