package dev.sluice.producer.deadletter;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.producer.dispatch.TaskPublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;
import org.springframework.stereotype.Component;

/** Accesses the dead-letter queues in the broker. */
@Component
class DeadLetterQueues {
  private static final long CONFIRM_TIMEOUT_MILLIS = 15_000;

  private final TaskPublisher broker;
  private final AmqpAdmin admin;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();

  DeadLetterQueues(TaskPublisher broker, AmqpAdmin admin) {
    this.broker = broker;
    this.admin = admin;
  }

  /** Returns whether the broker has a dead-letter queue for the route. */
  boolean exists(String route) {
    return admin.getQueueInfo(QueueNames.deadLetters(route)) != null;
  }

  /** Returns the number of ready messages; 0 if the queue does not exist. */
  long messageCount(String route) {
    QueueInformation queue = admin.getQueueInfo(QueueNames.deadLetters(route));
    return queue == null ? 0 : queue.getMessageCount();
  }

  /**
   * Publishes a copy of the message to the end of its queue. The caller acknowledges the original.
   *
   * @throws AmqpException if the broker does not confirm the copy
   */
  void moveToEnd(Message deadLetter) {
    broker.onOwnChannel(channel -> moveToEnd(deadLetter, channel));
  }

  private void moveToEnd(Message deadLetter, Channel channel) throws IOException {
    String queue = String.valueOf(deadLetter.getMessageProperties().getConsumerQueue());
    AMQP.BasicProperties basic =
        properties.fromMessageProperties(
            deadLetter.getMessageProperties(), StandardCharsets.UTF_8.name());
    channel.confirmSelect();
    channel.basicPublish("", queue, basic, deadLetter.getBody());
    try {
      channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
    } catch (TimeoutException timeout) {
      throw new AmqpIOException(
          "The broker did not confirm a dead letter within 15 s.", new IOException(timeout));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AmqpException(
          "Interrupted while waiting for the confirm of a dead letter.", interrupted);
    }
  }
}
