package dev.sluice.producer.dispatch;

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
   * The delayed tasks; empty if a queue has more than 20,000, or if the thread is interrupted.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  Optional<Set<UUID>> tasks() {
    Set<UUID> tasks = new HashSet<>();
    AtomicBoolean complete = new AtomicBoolean(true);
    for (String queue : DelayLevels.queueNames()) {
      publisher.onOwnChannel(
          channel -> {
            if (!read(channel, queue, tasks)) {
              complete.set(false);
            }
          });
    }
    return complete.get() ? Optional.of(tasks) : Optional.empty();
  }

  /** Returns false if the read is incomplete. */
  private static boolean read(Channel channel, String queue, Set<UUID> tasks) throws IOException {
    int count = channel.queueDeclarePassive(queue).getMessageCount();
    if (count == 0 || count > MAX_MESSAGES) {
      return count == 0;
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
          return true; // the others have left the queue
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
