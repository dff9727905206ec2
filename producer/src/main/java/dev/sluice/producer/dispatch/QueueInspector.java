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
 * Looks which tasks are in a route's queue, and leaves them there.
 *
 * <p>They are delivered, and nothing is acknowledged: when the channel closes they are back in
 * their places. Each look counts towards the queue's delivery limit, so it is for rare occasions.
 */
@Component
class QueueInspector {
  private static final int MOST = 2000;
  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final TaskPublisher publisher;

  QueueInspector(TaskPublisher publisher) {
    this.publisher = publisher;
  }

  /**
   * The {@code message_id} of whatever is in the queue and with no worker.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  Set<String> ids(String route) {
    Set<String> ids = new HashSet<>();
    publisher.onOwnChannel(channel -> look(channel, QueueNames.tasks(route, Lane.BATCH), ids));
    return ids;
  }

  private static void look(Channel channel, String queue, Set<String> ids) throws IOException {
    BlockingQueue<String> delivered = new LinkedBlockingQueue<>();
    channel.basicQos(MOST);
    channel.basicConsume(
        queue,
        /* autoAck= */ false,
        (consumer, one) -> delivered.add(String.valueOf(one.getProperties().getMessageId())),
        consumer -> {});
    try {
      String id = delivered.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      while (id != null && ids.size() < MOST) {
        ids.add(id);
        id = delivered.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
