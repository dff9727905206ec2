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
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * Publishes tasks, or the outcomes of tasks that finish in the producer, in bulk, and returns which
 * of them the broker has confirmed.
 *
 * <p>Each call has its own channel and waits once for all its confirms: three times as fast as a
 * wait per message, measured. The broker returns an unroutable message before it confirms it, so a
 * task counts as confirmed only if it was confirmed and not returned.
 */
@Component
public class TaskPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(TaskPublisher.class);
  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(15);

  /** Shorter: a repeated outcome changes nothing, but a repeated task may cost a call. */
  private static final Duration OUTCOME_CONFIRM_TIMEOUT = Duration.ofSeconds(4);

  /** A routing key to which no queue is bound. */
  private static final String NO_QUEUE = "sluice.no-queue";

  private final ConnectionFactory connectionFactory;
  private final BlockedConnection blockedConnection = new BlockedConnection();
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();

  /** Uses the publisher connection: a blocked publisher does not block consumers. */
  TaskPublisher(ConnectionFactory connectionFactory) {
    this.connectionFactory =
        Objects.requireNonNullElse(
            connectionFactory.getPublisherConnectionFactory(), connectionFactory);
    this.connectionFactory.addConnectionListener(blockedConnection);
  }

  /** Whether an alarm of the broker blocks publishers. */
  boolean isBlocked() {
    return blockedConnection.isBlocked();
  }

  /**
   * The result of a publish.
   *
   * @param confirmed the ids of the tasks that the broker has confirmed; the others are uncertain
   * @param interrupted whether the thread was interrupted during the wait. Its interrupt flag is
   *     cleared; the caller restores it after it has marked the tasks.
   * @param written whether the tasks were written to the connection
   */
  public record PublishedTasks(Set<String> confirmed, boolean interrupted, boolean written) {
    static final PublishedTasks NOTHING = new PublishedTasks(Set.of(), false, false);
  }

  /**
   * Publishes the tasks; nothing if the thread is already interrupted, or the broker blocks
   * publishers. If an alarm starts during the wait for the confirms, waits until it ends.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  public PublishedTasks publish(List<TaskMessage> tasks) {
    return publish(tasks, task -> task.ids().taskId(), this::publish, CONFIRM_TIMEOUT);
  }

  /**
   * Publishes the outcomes; as {@link #publish(List)}.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  public PublishedTasks publishOutcomes(List<OutcomeMessage> outcomes) {
    return publish(
        outcomes, outcome -> outcome.ids().taskId(), this::publish, OUTCOME_CONFIRM_TIMEOUT);
  }

  /** Writes one message to a channel. */
  @FunctionalInterface
  private interface MessageWriter<T> {
    void write(T message, Channel channel) throws IOException;
  }

  private <T> PublishedTasks publish(
      List<T> messages, Function<T, String> id, MessageWriter<T> messageWriter, Duration timeout) {
    if (messages.isEmpty() || Thread.currentThread().isInterrupted() || isBlocked()) {
      return PublishedTasks.NOTHING;
    }
    AtomicReference<PublishedTasks> published = new AtomicReference<>(PublishedTasks.NOTHING);
    onOwnChannel(channel -> published.set(publish(messages, id, messageWriter, timeout, channel)));
    return published.get();
  }

  /**
   * Whether the broker reads from the publisher connection: whether it confirms two messages. The
   * first of a connection is confirmed even during an alarm. No queue receives them.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  boolean acceptsPublishes() {
    if (isBlocked()) {
      return false;
    }
    AtomicBoolean accepted = new AtomicBoolean(true);
    onOwnChannel(
        channel -> {
          channel.confirmSelect();
          for (int message = 0; message < 2 && accepted.get(); message++) {
            channel.basicPublish("", NO_QUEUE, new AMQP.BasicProperties(), new byte[0]);
            accepted.set(allConfirmed(channel));
            LoopWatch.progress();
          }
        });
    return accepted.get();
  }

  /** Work that needs its own channel. */
  @FunctionalInterface
  public interface ChannelWork {
    void run(Channel channel) throws IOException;
  }

  /**
   * Runs the work on a channel that does not return to the pool, because its confirms and listeners
   * belong to this work.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   * @throws IllegalStateException if the thread has an open database transaction
   */
  public void onOwnChannel(ChannelWork work) {
    NoTransaction.require();
    Connection connection = connectionFactory.createConnection();
    Channel channel = connection.createChannel(false);
    RabbitUtils.setPhysicalCloseRequired(channel, true);
    try {
      work.run(channel);
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
      Duration timeout,
      Channel channel)
      throws IOException {
    ConcurrentNavigableMap<Long, String> pending = new ConcurrentSkipListMap<>();
    Set<String> rejected = ConcurrentHashMap.newKeySet();
    channel.confirmSelect();
    channel.addReturnListener(returned -> rejected.add(returned.getProperties().getMessageId()));
    channel.addConfirmListener(
        (tag, multiple) -> confirmedBy(pending, tag, multiple).clear(),
        (tag, multiple) -> {
          ConcurrentNavigableMap<Long, String> nacked = confirmedBy(pending, tag, multiple);
          rejected.addAll(nacked.values());
          nacked.clear();
        });
    Set<String> confirmed = new HashSet<>();
    for (T message : messages) {
      pending.put(channel.getNextPublishSeqNo(), id.apply(message));
      messageWriter.write(message, channel);
      confirmed.add(id.apply(message));
    }
    boolean interrupted = awaitConfirms(channel, timeout).interrupted();
    Set<String> unconfirmed = Set.copyOf(pending.values());
    if (!unconfirmed.isEmpty()) {
      LOG.warn(
          "The broker did not confirm {} of {} messages yet", unconfirmed.size(), messages.size());
    }
    if (!rejected.isEmpty()) {
      LOG.warn(
          "The broker rejected {} of {} messages; they will be published again",
          rejected.size(),
          messages.size());
    }
    confirmed.removeAll(unconfirmed);
    confirmed.removeAll(rejected);
    return new PublishedTasks(confirmed, interrupted, true);
  }

  private static ConcurrentNavigableMap<Long, String> confirmedBy(
      ConcurrentNavigableMap<Long, String> pending, long tag, boolean multiple) {
    return multiple ? pending.headMap(tag, true) : pending.subMap(tag, true, tag, true);
  }

  private void publish(TaskMessage task, Channel channel) throws IOException {
    String key = QueueNames.taskKey(task.ids().route(), task.ids().lane());
    publish(Exchanges.TASKS, key, TaskCodec.write(task), channel);
  }

  /** Publishes an outcome on a channel without a wait for its confirm. */
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

  /** Waits until the broker has confirmed all messages of this channel; false on a timeout. */
  boolean allConfirmed(Channel channel) {
    ConfirmWait wait = awaitConfirms(channel, CONFIRM_TIMEOUT);
    if (wait.interrupted()) {
      Thread.currentThread().interrupt();
    }
    return wait.allConfirmed();
  }

  /**
   * The result of a wait for confirms.
   *
   * @param interrupted whether the thread was interrupted; its interrupt flag is cleared
   */
  private record ConfirmWait(boolean allConfirmed, boolean interrupted) {}

  /**
   * Waits for all confirms. The wait has a timeout, because a broker that was killed during a queue
   * declaration never confirms. It ignores interrupts, because an unconfirmed task may be published
   * again. An alarm prolongs it, because the messages arrive when the alarm ends.
   */
  private ConfirmWait awaitConfirms(Channel channel, Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    boolean interrupted = false;
    while (true) {
      try {
        long remaining = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        return new ConfirmWait(channel.waitForConfirms(Math.max(1, remaining)), interrupted);
      } catch (TimeoutException unconfirmed) {
        if (!isBlocked() || interrupted) {
          return new ConfirmWait(false, interrupted);
        }
        LoopWatch.progress(); // the wait takes as long as the alarm
        end = System.nanoTime() + timeout.toNanos();
      } catch (ShutdownSignalException unconfirmed) {
        return new ConfirmWait(false, interrupted);
      } catch (InterruptedException stopping) {
        interrupted = true;
      }
    }
  }
}
