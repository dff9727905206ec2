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

/** The queues of dead letters in the broker. */
@Component
class DeadLetterQueues {
  private static final long LONGEST_CONFIRM_MILLIS = 15_000;

  private final TaskPublisher broker;
  private final AmqpAdmin admin;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();

  DeadLetterQueues(TaskPublisher broker, AmqpAdmin admin) {
    this.broker = broker;
    this.admin = admin;
  }

  /** Whether the broker has one for that route. */
  boolean has(String route) {
    return admin.getQueueInfo(QueueNames.deadLetters(route)) != null;
  }

  /** How many letters are ready there; 0 where there is no such queue. */
  long waiting(String route) {
    QueueInformation queue = admin.getQueueInfo(QueueNames.deadLetters(route));
    return queue == null ? 0 : queue.getMessageCount();
  }

  /**
   * Puts a letter behind all others of its queue, as it came; its old place is the caller's to
   * clear.
   *
   * @throws AmqpException where the broker has not confirmed it
   */
  void putLast(Message letter) {
    broker.onOwnChannel(channel -> putLast(letter, channel));
  }

  private void putLast(Message letter, Channel channel) throws IOException {
    String queue = String.valueOf(letter.getMessageProperties().getConsumerQueue());
    AMQP.BasicProperties basic =
        properties.fromMessageProperties(
            letter.getMessageProperties(), StandardCharsets.UTF_8.name());
    channel.confirmSelect();
    channel.basicPublish("", queue, basic, letter.getBody());
    try {
      channel.waitForConfirmsOrDie(LONGEST_CONFIRM_MILLIS);
    } catch (TimeoutException silent) {
      throw new AmqpIOException("no confirm for a dead letter", new IOException(silent));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new AmqpException("stopped before the confirm of a dead letter", stopping);
    }
  }
}
