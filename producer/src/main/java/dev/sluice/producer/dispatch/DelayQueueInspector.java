package dev.sluice.producer.dispatch;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.sluice.common.topology.DelayLevels;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Reads the ids of the delayed tasks of all routes without consuming them.
 *
 * <p>It consumes the messages and acknowledges none; at the channel's close the broker requeues
 * them at their positions. Each read delays the tasks of a queue by its duration. It starts with
 * the longest delay, so that a task that moves on is read in the next queue.
 */
@Component
class DelayQueueInspector {
  private static final int MAX_MESSAGES = 20_000;
  private static final Duration DELIVERY_TIMEOUT = Duration.ofMillis(300);

  private final TaskPublisher publisher;

  DelayQueueInspector(TaskPublisher publisher) {
    this.publisher = publisher;
  }

  /**
   * The delayed tasks; empty if they cannot all be read: if a queue has more than 20,000 or another
   * reader, if a delivery is late, if the thread is interrupted, or during an alarm of the broker.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  Optional<Set<UUID>> tasks() {
    if (publisher.isBlocked()) {
      return Optional.empty();
    }
    Set<UUID> tasks = new HashSet<>();
    AtomicBoolean complete = new AtomicBoolean();
    for (String queue : DelayLevels.queueNames()) {
      publisher.onOwnChannel(channel -> complete.set(read(channel, queue, tasks)));
      if (!complete.get()) {
        return Optional.empty();
      }
    }
    return Optional.of(tasks);
  }

  /** Returns false if the read is incomplete. */
  private static boolean read(Channel channel, String queue, Set<UUID> tasks) throws IOException {
    AMQP.Queue.DeclareOk declared = channel.queueDeclarePassive(queue);
    int count = declared.getMessageCount();
    if (declared.getConsumerCount() > 0 || count > MAX_MESSAGES) {
      return false; // another reader has received some of the messages, or they are too many
    }
    if (count == 0) {
      return true;
    }
    BlockingQueue<String> delivered = new LinkedBlockingQueue<>();
    channel.basicQos(count);
    channel.basicConsume(
        queue,
        /* autoAck= */ false,
        (tag, message) -> delivered.add(String.valueOf(message.getProperties().getMessageId())),
        tag -> {});
    try {
      for (int i = 0; i < count; i++) {
        String id = delivered.poll(DELIVERY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        if (id == null) {
          return channel.queueDeclarePassive(queue).getMessageCount() == 0; // the others have left
        }
        taskId(id).forEach(tasks::add);
      }
      return true;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The id of a task of this producer; external publishers may use other ids. */
  private static Stream<UUID> taskId(String id) {
    try {
      return Stream.of(UUID.fromString(id));
    } catch (IllegalArgumentException external) {
      return Stream.empty();
    }
  }
}
