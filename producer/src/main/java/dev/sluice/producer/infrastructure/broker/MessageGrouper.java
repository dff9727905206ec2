package dev.sluice.producer.infrastructure.broker;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ChannelProxy;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;

/**
 * Collects the messages of a container into groups, and passes them to a listener on one thread.
 *
 * <p>The first message after a pause is a group of its own, so that it does not wait for others. A
 * group that is not full starts at least 50 ms after the one before, so that a busy queue needs few
 * transactions. No thread polls while no message arrives.
 *
 * <p>A group is acknowledged when the listener has returned. If the listener fails, the group
 * returns to its queue one second later.
 */
final class MessageGrouper implements ChannelAwareMessageListener {
  private static final Logger LOG = LoggerFactory.getLogger(MessageGrouper.class);
  private static final long INTERVAL_NANOS = Duration.ofMillis(50).toNanos();
  private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final ChannelAwareBatchMessageListener listener;
  private final int maxSize;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Delivery> deliveries = new ArrayDeque<>();
  private boolean running;
  private @Nullable Thread thread;

  /**
   * @param listener receives the groups
   * @param maxSize the maximum number of messages of a group
   */
  MessageGrouper(ChannelAwareBatchMessageListener listener, int maxSize) {
    this.listener = listener;
    this.maxSize = maxSize;
  }

  /**
   * @param channel the channel that has delivered the message
   */
  private record Delivery(Message message, Channel channel) {
    long tag() {
      return message.getMessageProperties().getDeliveryTag();
    }
  }

  @Override
  public void onMessage(Message message, @Nullable Channel channel) {
    Delivery delivery =
        new Delivery(
            message,
            ownChannel(Objects.requireNonNull(channel, "the container passes the channel")));
    lock.lock();
    try {
      deliveries.add(delivery);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The channel behind Spring's cached channel. After a lost connection the cached channel opens
   * another one, which has its own delivery tags.
   */
  private static Channel ownChannel(Channel channel) {
    return channel instanceof ChannelProxy cached ? cached.getTargetChannel() : channel;
  }

  /** Starts the thread. */
  void start() {
    lock.lock();
    try {
      if (!running) {
        running = true;
        deliveries.clear(); // the broker delivers again what an earlier channel has delivered
        thread = Thread.ofVirtual().name("message-groups").start(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits up to 5 s for the current group; the broker keeps the other messages. */
  void stop() {
    Thread toEnd;
    lock.lock();
    try {
      running = false;
      changed.signalAll();
      toEnd = thread;
      thread = null;
    } finally {
      lock.unlock();
    }
    try {
      if (toEnd != null && !toEnd.join(STOP_TIMEOUT)) {
        LOG.debug("A group of messages takes longer than {}", STOP_TIMEOUT);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long lastStart = System.nanoTime() - INTERVAL_NANOS;
    try {
      List<Delivery> group = next(lastStart + INTERVAL_NANOS);
      while (!group.isEmpty()) {
        lastStart = System.nanoTime();
        process(group);
        group = next(lastStart + INTERVAL_NANOS);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the next group; it is empty after a stop. */
  private List<Delivery> next(long earliestStart) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (running && deliveries.isEmpty()) {
        changed.await();
      }
      long wait = earliestStart - System.nanoTime();
      while (running && deliveries.size() < maxSize && wait > 0) {
        wait = changed.awaitNanos(wait);
      }
      List<Delivery> group = new ArrayList<>();
      while (running && group.size() < maxSize && !deliveries.isEmpty()) {
        group.add(deliveries.remove());
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void process(List<Delivery> group) throws InterruptedException {
    try {
      listener.onMessageBatch(
          group.stream().map(Delivery::message).toList(), group.getLast().channel());
    } catch (RuntimeException | Error failed) {
      LOG.error("Cannot process {} messages; the broker delivers them again", group.size(), failed);
      Thread.sleep(FAILURE_PAUSE);
      settle(
          group,
          (channel, tag) -> channel.basicNack(tag, /* multiple= */ true, /* requeue= */ true));
      return;
    }
    settle(group, (channel, tag) -> channel.basicAck(tag, /* multiple= */ true));
  }

  private interface DeliverySettler {
    void settle(Channel channel, long tag) throws IOException;
  }

  /** One frame per channel settles the group: its earlier deliveries are settled already. */
  private static void settle(List<Delivery> group, DeliverySettler settler) {
    Map<Channel, Long> lastTags = new LinkedHashMap<>();
    group.forEach(delivery -> lastTags.put(delivery.channel(), delivery.tag()));
    lastTags.forEach(
        (channel, tag) -> {
          try {
            settler.settle(channel, tag);
          } catch (IOException | AlreadyClosedException closed) {
            LOG.debug("The channel is closed; the broker delivers again: {}", closed.toString());
          } catch (RuntimeException failed) { // the thread must not end
            LOG.error("Cannot settle the messages until {}; the broker keeps them", tag, failed);
          }
        });
  }
}
