package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import dev.sluice.common.topology.DelayLevels;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

class DelayQueueInspectorTest {
  private static final UUID TASK = new UUID(1, 1);
  private static final String QUEUE = DelayLevels.queueNames().getFirst();

  private int messages = 1;
  private int messagesAfterwards;
  private int consumers;
  private boolean consumed;
  private @Nullable BlockedListener alarms;

  private final Channel channel = fake(Channel.class);
  private final Connection connection = fake(Connection.class);
  private final DelayQueueInspector inspector =
      new DelayQueueInspector(new TaskPublisher(fake(ConnectionFactory.class)));

  @Test
  void delayedTasksAreRead() {
    assertThat(inspector.tasks().orElseThrow()).containsExactly(TASK);
  }

  @Test
  void readIsIncompleteIfAnotherReaderHasReceivedMessages() {
    consumers = 1;
    assertThat(inspector.tasks()).isEmpty();
    assertThat(consumed).isFalse();
  }

  @Test
  void readIsIncompleteIfADeliveryIsLate() {
    messages = 2;
    messagesAfterwards = 1;
    assertThat(inspector.tasks()).isEmpty();
  }

  @Test
  void readIsCompleteIfTheOtherTasksHaveLeftTheQueue() {
    messages = 2;
    assertThat(inspector.tasks().orElseThrow()).containsExactly(TASK);
  }

  @Test
  void nothingIsReadDuringAnAlarm() throws IOException {
    Objects.requireNonNull(alarms).handleBlocked("low on memory");
    assertThat(inspector.tasks()).isEmpty();
    assertThat(consumed).isFalse();
  }

  /** A proxy whose other methods do nothing. */
  private <T> T fake(Class<T> type) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> call(method.getName(), arguments));
    return type.cast(proxy);
  }

  private @Nullable Object call(String method, Object @Nullable [] arguments) throws IOException {
    return switch (method) {
      case "createConnection" -> connection;
      case "createChannel" -> channel;
      case "isOpen" -> true;
      case "addConnectionListener" -> {
        alarms = (BlockedListener) Objects.requireNonNull(arguments)[0];
        yield null;
      }
      case "queueDeclarePassive" -> declared(Objects.requireNonNull(arguments)[0].equals(QUEUE));
      case "basicConsume" -> {
        consumed = true;
        ((DeliverCallback) Objects.requireNonNull(arguments)[2]).handle("tag", delivery());
        yield "tag";
      }
      default -> null;
    };
  }

  private AMQP.Queue.DeclareOk declared(boolean hasTasks) {
    int ready = consumed ? messagesAfterwards : messages;
    return new AMQP.Queue.DeclareOk.Builder()
        .queue(QUEUE)
        .messageCount(hasTasks ? ready : 0)
        .consumerCount(consumers)
        .build();
  }

  private static Delivery delivery() {
    return new Delivery(
        new Envelope(1, false, "", QUEUE),
        new AMQP.BasicProperties.Builder().messageId(TASK.toString()).build(),
        new byte[0]);
  }
}
