package dev.sluice.producer.live;

import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.live.LiveQueues;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Publishes live tasks and messages to workers, and tracks the broker connection. */
final class LiveTaskPublisher implements ConnectionListener {
  private static final Logger LOG = LoggerFactory.getLogger(LiveTaskPublisher.class);

  /** Longer than a broker takes to restart. */
  private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(30);

  private final RabbitTemplate template;
  private final String replyQueue;
  private volatile @Nullable Long connectionLostAt;

  /** While the broker is unavailable only one thread tries to connect, because that may block. */
  private final AtomicBoolean connecting = new AtomicBoolean();

  /**
   * @param template with the mandatory flag and correlated confirms
   * @param replyQueue the queue to which workers reply
   */
  LiveTaskPublisher(RabbitTemplate template, String replyQueue) {
    this.template = template;
    this.replyQueue = replyQueue;
  }

  /** Returns the queue to which workers reply. */
  String replyQueue() {
    return replyQueue;
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    connectionLostAt = null;
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    if (connectionLostAt == null) {
      connectionLostAt = System.nanoTime();
    }
  }

  /** Returns whether the connection has been lost for more than 30 s. */
  boolean isBrokerUnavailable() {
    Long since = connectionLostAt;
    return since != null && System.nanoTime() - since > BROKER_TIMEOUT.toNanos();
  }

  /**
   * Publishes a task without waiting for the confirm.
   *
   * @return receives the broker's confirm or return
   * @throws AmqpException if the broker is unavailable
   */
  CorrelationData send(TaskMessage task) {
    if (connectionLostAt == null) {
      return publish(task);
    }
    if (!connecting.compareAndSet(false, true)) {
      throw new AmqpException("The broker is unavailable.");
    }
    try {
      return publish(task);
    } finally {
      connecting.set(false);
    }
  }

  private CorrelationData publish(TaskMessage task) {
    CorrelationData confirm = new CorrelationData();
    String key = QueueNames.taskKey(task.ids().route(), task.ids().lane());
    template.send(Exchanges.TASKS, key, TaskCodec.write(task), confirm);
    return confirm;
  }

  /** Sends a message to one worker. If it is lost, the worker repeats its claim. */
  void sendTo(String workerQueue, LiveMessage message) {
    send("", workerQueue, message);
  }

  /** Tells all workers to cancel a call, because the producer does not know which one has it. */
  void broadcast(LiveMessage.Cancelled message) {
    send(Exchanges.FLEET, LiveQueues.CANCELLED, message);
  }

  private void send(String exchange, String key, LiveMessage message) {
    try {
      template.send(exchange, key, LiveCodec.write(message));
    } catch (AmqpException unavailable) {
      LOG.debug("Cannot send a live message to the workers: {}", unavailable.getMessage());
    }
  }
}
