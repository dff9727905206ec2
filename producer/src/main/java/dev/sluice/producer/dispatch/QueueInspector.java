package dev.sluice.producer.dispatch;

import com.rabbitmq.client.Channel;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Reads the ids of the tasks in a route's queue without consuming them.
 *
 * <p>It consumes the messages and acknowledges none; at the channel's close the broker requeues
 * them at their positions. Each read counts towards the queue's delivery limit, so reads must be
 * rare.
 */
@Component
class QueueInspector {
  private static final int MAX_MESSAGES = 2000;
  private static final Duration DELIVERY_TIMEOUT = Duration.ofMillis(300);

  private final TaskPublisher publisher;

  QueueInspector(TaskPublisher publisher) {
    this.publisher = publisher;
  }

  /**
   * The {@code message_id} of each message that is ready in the queue, 2000 at most.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  Set<String> messageIds(String route) {
    Set<String> ids = new HashSet<>();
    publisher.onOwnChannel(channel -> readIds(channel, QueueNames.tasks(route, Lane.BATCH), ids));
    return ids;
  }

  private static void readIds(Channel channel, String queue, Set<String> ids) throws IOException {
    BlockingQueue<String> delivered = new LinkedBlockingQueue<>();
    channel.basicQos(MAX_MESSAGES);
    channel.basicConsume(
        queue,
        /* autoAck= */ false,
        (tag, message) -> delivered.add(String.valueOf(message.getProperties().getMessageId())),
        tag -> {});
    try {
      String id = delivered.poll(DELIVERY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      while (id != null && ids.size() < MAX_MESSAGES) {
        ids.add(id);
        id = delivered.poll(DELIVERY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
