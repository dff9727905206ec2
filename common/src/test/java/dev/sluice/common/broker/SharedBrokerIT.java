package dev.sluice.testkit.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedBrokerIT {
  private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

  @Test
  void confirmedMessageIsReadFromQuorumQueue() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(TestBroker.amqpUrl());
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      AMQP.Queue.DeclareOk queue =
          channel.queueDeclare("test-broker", /* durable= */ true, false, false, QUORUM);
      channel.confirmSelect();
      byte[] body = "a task".getBytes(StandardCharsets.UTF_8);

      channel.basicPublish("", queue.getQueue(), MessageProperties.PERSISTENT_TEXT_PLAIN, body);
      channel.waitForConfirmsOrDie(10_000);

      GetResponse read = channel.basicGet(queue.getQueue(), /* autoAck= */ true);
      assertThat(read.getBody()).isEqualTo(body);
      channel.queueDelete(queue.getQueue());
    }
  }

  @Test
  void testsOfOneJvmShareOneBroker() {
    assertThat(TestBroker.amqpUrl()).isSameAs(TestBroker.amqpUrl());
  }
}
