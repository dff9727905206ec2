package dev.sluice.producer.dispatch;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
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
 * Publishes tasks in bulk, or the outcomes of tasks that end here, and says which of them the
 * broker has taken.
 *
 * <p>A channel of its own, because the confirms of many messages are awaited together: measured, it
 * is three times as fast as waiting for each. The broker returns what it can route nowhere before
 * it confirms it, so that a task counts as taken only where it was confirmed and not returned.
 */
@Component
public class TaskPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(TaskPublisher.class);
  private static final Duration LONGEST_CONFIRM = Duration.ofSeconds(15);

  /** Shorter: an outcome that is published twice changes nothing, a task may cost a call. */
  private static final Duration LONGEST_OUTCOME_CONFIRM = Duration.ofSeconds(4);

  private final ConnectionFactory brokers;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();

  TaskPublisher(ConnectionFactory brokers) {
    this.brokers = brokers;
  }

  /**
   * What came of a bulk.
   *
   * @param taken the ids of the tasks that the broker has taken; of the others nothing is known
   * @param interrupted the thread was interrupted meanwhile, and its flag is off: the caller puts
   *     it back once the tasks are marked
   */
  public record PublishedTasks(Set<String> taken, boolean interrupted) {
    static final PublishedTasks NOTHING = new PublishedTasks(Set.of(), false);
  }

  /**
   * Publishes the tasks, unless the thread is interrupted already.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  public PublishedTasks publish(List<TaskMessage> tasks) {
    return publish(tasks, task -> task.ids().taskId(), this::publish, LONGEST_CONFIRM);
  }

  /**
   * Publishes the outcomes, unless the thread is interrupted already.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  PublishedTasks publishOutcomes(List<OutcomeMessage> outcomes) {
    return publish(
        outcomes, outcome -> outcome.ids().taskId(), this::publish, LONGEST_OUTCOME_CONFIRM);
  }

  /** Writes one message to a channel. */
  @FunctionalInterface
  private interface MessageWriter<T> {
    void write(T message, Channel channel) throws IOException;
  }

  private <T> PublishedTasks publish(
      List<T> messages, Function<T, String> id, MessageWriter<T> messageWriter, Duration longest) {
    if (messages.isEmpty() || Thread.currentThread().isInterrupted()) {
      return PublishedTasks.NOTHING;
    }
    AtomicReference<PublishedTasks> published = new AtomicReference<>(PublishedTasks.NOTHING);
    onOwnChannel(channel -> published.set(publish(messages, id, messageWriter, longest, channel)));
    return published.get();
  }

  /** What is done on a channel. */
  @FunctionalInterface
  public interface ChannelWork {
    void on(Channel channel) throws IOException;
  }

  /** A channel whose confirms and listeners belong to one bulk: it does not go back to the pool. */
  public void onOwnChannel(ChannelWork work) {
    Connection connection = brokers.createConnection();
    Channel channel = connection.createChannel(false);
    RabbitUtils.setPhysicalCloseRequired(channel, true);
    try {
      work.on(channel);
    } catch (IOException failure) {
      throw RabbitExceptionTranslator.convertRabbitAccessException(failure);
    } finally {
      RabbitUtils.closeChannel(channel);
      RabbitUtils.closeConnection(connection);
    }
  }

  private <T> PublishedTasks publish(
      List<T> messages,
      Function<T, String> id,
      MessageWriter<T> messageWriter,
      Duration longest,
      Channel channel)
      throws IOException {
    ConcurrentNavigableMap<Long, String> pending = new ConcurrentSkipListMap<>();
    Set<String> refused = ConcurrentHashMap.newKeySet();
    channel.confirmSelect();
    channel.addReturnListener(back -> refused.add(back.getProperties().getMessageId()));
    channel.addConfirmListener(
        (tag, multiple) -> settled(pending, tag, multiple).clear(),
        (tag, multiple) -> {
          ConcurrentNavigableMap<Long, String> nacked = settled(pending, tag, multiple);
          refused.addAll(nacked.values());
          nacked.clear();
        });
    Set<String> taken = new HashSet<>();
    for (T message : messages) {
      pending.put(channel.getNextPublishSeqNo(), id.apply(message));
      messageWriter.write(message, channel);
      taken.add(id.apply(message));
    }
    boolean interrupted = awaitConfirms(channel, longest);
    Set<String> silent = Set.copyOf(pending.values());
    if (!silent.isEmpty()) {
      LOG.warn(
          "The broker did not confirm {} of {} tasks; they are tried again",
          silent.size(),
          messages.size());
    }
    if (!refused.isEmpty()) {
      LOG.warn(
          "The broker refused {} of {} tasks; they are tried again",
          refused.size(),
          messages.size());
    }
    taken.removeAll(silent);
    taken.removeAll(refused);
    return new PublishedTasks(taken, interrupted);
  }

  private static ConcurrentNavigableMap<Long, String> settled(
      ConcurrentNavigableMap<Long, String> pending, long tag, boolean multiple) {
    return multiple ? pending.headMap(tag, true) : pending.subMap(tag, true, tag, true);
  }

  private void publish(TaskMessage task, Channel channel) throws IOException {
    String key = QueueNames.taskKey(task.ids().route(), task.ids().lane());
    publish(Exchanges.TASKS, key, TaskCodec.write(task), channel);
  }

  /** Writes an outcome to a channel; whether the broker has it is said by the channel's confirm. */
  void publish(OutcomeMessage outcome, Channel channel) throws IOException {
    publish(Exchanges.OUTCOMES, outcome.routingKey(), OutcomeCodec.write(outcome), channel);
  }

  private void publish(String exchange, String key, Message message, Channel channel)
      throws IOException {
    AMQP.BasicProperties basic =
        properties.fromMessageProperties(
            message.getMessageProperties(), StandardCharsets.UTF_8.name());
    channel.basicPublish(exchange, key, true, basic, message.getBody());
  }

  /** Whether the broker has confirmed all that was published on this channel. */
  static boolean confirmed(Channel channel) {
    long end = System.nanoTime() + LONGEST_CONFIRM.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
          return channel.waitForConfirms(Math.max(1, left));
        } catch (TimeoutException | ShutdownSignalException silent) {
          return false;
        } catch (InterruptedException stopping) {
          interrupted = true; // what was published must not go back as well
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Bounded: a broker that was killed in the middle of making a queue never confirms. And deaf to
   * interrupts: what was confirmed but is not marked would be published again.
   *
   * @return whether there was an interrupt
   */
  private static boolean awaitConfirms(Channel channel, Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    boolean interrupted = false;
    while (true) {
      try {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        channel.waitForConfirms(Math.max(1, left));
        return interrupted;
      } catch (TimeoutException | ShutdownSignalException silent) {
        return interrupted;
      } catch (InterruptedException stopping) {
        interrupted = true;
      }
    }
  }
}
