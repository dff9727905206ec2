package dev.sluice.producer.live;

import com.rabbitmq.client.BlockedListener;
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
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * Publishes live tasks and messages to workers, and tracks the broker connection.
 *
 * <p>During a memory or disk alarm the broker stops reading from connections that publish, so that
 * a write may block for minutes. Tasks are therefore written on threads of their own, and nothing
 * is written after the broker has announced the alarm.
 */
final class LiveTaskPublisher implements ConnectionListener, BlockedListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveTaskPublisher.class);

  /** Longer than a broker takes to restart. */
  private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(30);

  private final RabbitTemplate template;
  private final String replyQueue;
  private volatile @Nullable Long connectionLostAt;
  private volatile @Nullable Long blockedAt;

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

  @Override
  public void handleBlocked(String reason) {
    blockedAt = System.nanoTime();
    LOG.warn("The broker blocks publishers ({}); live calls wait", reason);
  }

  @Override
  public void handleUnblocked() {
    blockedAt = null;
    LOG.info("The broker no longer blocks publishers");
  }

  /**
   * A new connection is not blocked. A lost one does not count as blocked: only a write opens the
   * next connection.
   */
  ConnectionListener publisherConnectionListener() {
    return new ConnectionListener() {
      @Override
      public void onCreate(@Nullable Connection connection) {
        blockedAt = null;
        if (connection != null) {
          connection.addBlockedListener(LiveTaskPublisher.this);
        }
      }

      @Override
      public void onShutDown(ShutdownSignalException signal) {
        blockedAt = null;
      }
    };
  }

  /** Whether the connection has been lost, or publishers have been blocked, for more than 30 s. */
  boolean isBrokerUnavailable() {
    return isLong(connectionLostAt) || isLong(blockedAt);
  }

  private static boolean isLong(@Nullable Long since) {
    return since != null && System.nanoTime() - since > BROKER_TIMEOUT.toNanos();
  }

  /**
   * Publishes a task; waits neither for the write nor for the confirm.
   *
   * @return receives the broker's confirm or return, or the failure of the write
   */
  CorrelationData send(TaskMessage task) {
    CorrelationData confirm = new CorrelationData();
    Thread.ofVirtual().name("sluice-live-publish").start(() -> publish(task, confirm));
    return confirm;
  }

  private void publish(TaskMessage task, CorrelationData confirm) {
    try {
      requireUnblocked();
      if (connectionLostAt == null) {
        write(task, confirm);
      } else if (connecting.compareAndSet(false, true)) {
        try {
          write(task, confirm);
        } finally {
          connecting.set(false);
        }
      } else {
        throw new AmqpException("The broker is unavailable.");
      }
    } catch (RuntimeException failure) {
      LOG.debug("Cannot publish a live task yet: {}", failure.getMessage());
      confirm.getFuture().completeExceptionally(failure);
    }
  }

  private void write(TaskMessage task, CorrelationData confirm) {
    String key = QueueNames.taskKey(task.ids().route(), task.ids().lane());
    template.send(Exchanges.TASKS, key, TaskCodec.write(task), confirm);
  }

  private void requireUnblocked() {
    if (blockedAt != null) {
      throw new AmqpException("The broker blocks publishers.");
    }
  }

  /** Sends a message to one worker. If it is lost, the worker repeats its claim. */
  void sendTo(String workerQueue, LiveMessage message) {
    send("", workerQueue, message);
  }

  /**
   * Announces to all workers that a call is cancelled, because the producer does not know which one
   * has it.
   */
  void broadcast(LiveMessage.Cancelled message) {
    send(Exchanges.FLEET, LiveQueues.CANCELLED, message);
  }

  private void send(String exchange, String key, LiveMessage message) {
    try {
      requireUnblocked();
      template.send(exchange, key, LiveCodec.write(message));
    } catch (AmqpException unavailable) {
      LOG.debug("Cannot send a live message to the workers: {}", unavailable.getMessage());
    }
  }

  /** Closes the publisher connection. */
  @Override
  public void close() {
    if (template.getConnectionFactory() instanceof CachingConnectionFactory publishers) {
      publishers.destroy();
    }
  }
}
