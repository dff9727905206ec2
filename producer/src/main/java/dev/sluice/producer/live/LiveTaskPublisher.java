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

/** Sends live tasks, and answers to workers, and knows whether the broker is there. */
final class LiveTaskPublisher implements ConnectionListener {
  private static final Logger LOG = LoggerFactory.getLogger(LiveTaskPublisher.class);

  /** A broker that is restarted is back before. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RabbitTemplate template;
  private final String ownQueue;
  private volatile @Nullable Long lostAt;

  /** While the broker is away one caller tries for all: an attempt may take long. */
  private final AtomicBoolean trying = new AtomicBoolean();

  /**
   * @param template mandatory, with correlated confirms
   * @param ownQueue where workers answer
   */
  LiveTaskPublisher(RabbitTemplate template, String ownQueue) {
    this.template = template;
    this.ownQueue = ownQueue;
  }

  /** Where workers answer. */
  String ownQueue() {
    return ownQueue;
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    lostAt = null;
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    if (lostAt == null) {
      lostAt = System.nanoTime();
    }
  }

  /** Whether it is away for longer than a caller is to wait for it. */
  boolean isBrokerAwayForLong() {
    Long since = lostAt;
    return since != null && System.nanoTime() - since > PATIENCE.toNanos();
  }

  /**
   * Sends a task, without waiting for the broker.
   *
   * @return what the broker says of it
   * @throws AmqpException where the broker is away
   */
  CorrelationData send(TaskMessage task) {
    if (lostAt == null) {
      return publish(task);
    }
    if (!trying.compareAndSet(false, true)) {
      throw new AmqpException("The broker is away.");
    }
    try {
      return publish(task);
    } finally {
      trying.set(false);
    }
  }

  private CorrelationData publish(TaskMessage task) {
    CorrelationData confirm = new CorrelationData();
    String key = QueueNames.taskKey(task.ids().route(), task.ids().lane());
    template.send(Exchanges.TASKS, key, TaskCodec.write(task), confirm);
    return confirm;
  }

  /** Says something to a worker. One that does not hear it asks again, or finds nobody. */
  void say(String workerQueue, LiveMessage word) {
    say("", workerQueue, word);
  }

  /** Says to all workers that a caller has gone: which of them has his task is not known. */
  void sayToAll(LiveMessage.Cancelled word) {
    say(Exchanges.FLEET, LiveQueues.GONE, word);
  }

  private void say(String exchange, String key, LiveMessage word) {
    try {
      template.send(exchange, key, LiveCodec.write(word));
    } catch (AmqpException away) {
      LOG.debug("Not said to the workers: {}", away.getMessage());
    }
  }
}
