package dev.sluice.simulator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the fake broker with RabbitMQ's Java client. */
class FakeBrokerTest {
  private static final byte[] EMPTY_BODY = {};

  private FakeBroker broker;
  private Connection connection;
  private Channel channel;

  @BeforeEach
  void connect() throws IOException, TimeoutException {
    broker = FakeBroker.listen("127.0.0.1");
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(broker.port());
    connection = factory.newConnection();
    channel = connection.createChannel();
  }

  @AfterEach
  void close() throws IOException {
    connection.close();
    broker.close();
  }

  @Test
  void everyDeclarationSucceeds() throws IOException {
    channel.exchangeDeclare("sluice.tasks", "direct", true);
    channel.exchangeBind("sluice.delay.0", "sluice.delay.1", "#");
    assertThat(channel.queueDeclare("sluice.results", true, false, false, null).getQueue())
        .isEqualTo("sluice.results");
    channel.queueBind("sluice.results", "sluice.outcomes", "#");
    assertThat(channel.queueDeclarePassive("sluice.tasks.other").getMessageCount()).isZero();
    assertThat(channel.basicGet("sluice.results", true)).isNull();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void everyPublishIsConfirmed() throws Exception {
    channel.confirmSelect();
    channel.basicPublish("", "a", MessageProperties.PERSISTENT_BASIC, EMPTY_BODY);
    channel.basicPublish("", "b", MessageProperties.PERSISTENT_BASIC, new byte[300_000]);

    assertThat(channel.waitForConfirms(5_000)).isTrue();
  }

  @Test
  void consumerOfTaskQueueGetsNextTaskAfterAck() throws IOException {
    List<Long> delivered = new CopyOnWriteArrayList<>();
    String tag =
        channel.basicConsume(
            "sluice.tasks.default",
            /* autoAck= */ false,
            (consumer, task) -> {
              assertThat(task.getProperties().getMessageId()).isNotEmpty();
              delivered.add(task.getEnvelope().getDeliveryTag());
              channel.basicAck(task.getEnvelope().getDeliveryTag(), false);
            },
            cancelled -> {});

    await().until(() -> delivered.size() == 25);
    channel.basicCancel(tag);
    assertThat(delivered).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void consumerOfOtherQueueGetsNoMessages() throws IOException {
    List<Long> delivered = new CopyOnWriteArrayList<>();
    channel.basicConsume(
        "sluice.results",
        (consumer, task) -> delivered.add(task.getEnvelope().getDeliveryTag()),
        cancelled -> {});
    channel.queueDeclarePassive("sluice.results");

    assertThat(delivered).isEmpty();
  }
}
