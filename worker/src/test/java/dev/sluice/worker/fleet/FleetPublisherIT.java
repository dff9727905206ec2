package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.testkit.broker.TestBroker;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

class FleetPublisherIT {
  private static final int MESSAGES = 500;
  private static final long TIMEOUT = Duration.ofSeconds(20).toMillis();

  private final CachingConnectionFactory connections =
      new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
  private final RabbitTemplate template = new RabbitTemplate(connections);
  private final String route = UUID.randomUUID().toString();

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  @Test
  void announcementsArriveInTheirOrder() {
    String queue = declareQueue();
    List<Long> received = new ArrayList<>();
    try (FleetPublisher publisher = new FleetPublisher(template)) {
      publisher.start();
      for (long millis = 0; millis < MESSAGES; millis++) {
        Message hold =
            FleetCodec.write(new HoldMessage("w", route, "quota", "", millis, List.of()));
        publisher.announce(FleetTopics.HOLD, () -> hold);
      }
      while (received.size() < MESSAGES) {
        Message message = template.receive(queue, TIMEOUT);
        assertThat(message).as("after %d messages", received.size()).isNotNull();
        FleetCodec.hold(message)
            .filter(hold -> hold.route().equals(route))
            .ifPresent(hold -> received.add(hold.millis()));
      }
    }

    assertThat(received).isEqualTo(LongStream.range(0, MESSAGES).boxed().toList());
  }

  private String declareQueue() {
    RabbitAdmin admin = new RabbitAdmin(connections);
    TopicExchange exchange = new TopicExchange(Exchanges.FLEET);
    Queue queue =
        new Queue(route, /* durable= */ false, /* exclusive= */ true, /* autoDelete= */ false);
    admin.declareExchange(exchange);
    admin.declareQueue(queue);
    admin.declareBinding(BindingBuilder.bind(queue).to(exchange).with(FleetTopics.HOLD));
    return queue.getName();
  }
}
