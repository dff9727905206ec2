package dev.sluice.worker.fleet;

import dev.sluice.common.process.FatalErrors;
import dev.sluice.common.topology.Exchanges;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * Publishes messages to the fleet exchange. A message that cannot be published is lost.
 *
 * <p>Announcements go through a queue to one thread, which keeps their order. With one thread per
 * message a release could overtake the hold that it ends, and the peers would keep the hold.
 */
final class FleetPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FleetPublisher.class);
  private static final int MAX_PENDING = 1_000;

  private record Announcement(String topic, Supplier<Message> message) {}

  private final RabbitTemplate template;
  private final BlockingQueue<Announcement> pending = new ArrayBlockingQueue<>(MAX_PENDING);
  private @Nullable Thread sender;

  FleetPublisher(RabbitTemplate template) {
    this.template = template;
  }

  void start() {
    sender = Thread.ofVirtual().name("fleet-publisher").start(this::publishAnnouncements);
  }

  @Override
  public void close() {
    if (sender != null) {
      sender.interrupt();
    }
  }

  /**
   * Publishes a message after all earlier announcements, without blocking the caller. If the queue
   * is full, the oldest announcement is discarded: it is the most outdated one.
   *
   * @param message is called on the publishing thread
   */
  void announce(String topic, Supplier<Message> message) {
    Announcement announcement = new Announcement(topic, message);
    while (!pending.offer(announcement)) {
      pending.poll();
    }
  }

  /** Publishes a message on the calling thread, in no order with the announcements. */
  void publish(String topic, Message message) {
    try {
      template.send(Exchanges.FLEET, topic, message);
    } catch (AmqpException failure) {
      log.debug("Cannot publish to the fleet exchange: {}", failure.toString());
    }
  }

  private void publishAnnouncements() {
    try {
      while (true) {
        publishPending(pending.take());
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Uses one channel for all pending messages: RabbitMQ keeps the order only within a channel. */
  private void publishPending(Announcement first) {
    try {
      template.invoke(
          channel -> {
            @Nullable Announcement next = first;
            while (next != null) {
              channel.send(Exchanges.FLEET, next.topic(), next.message().get());
              next = pending.poll();
            }
            return true;
          });
    } catch (AmqpException failure) {
      log.debug("Cannot publish to the fleet exchange: {}", failure.toString());
    } catch (RuntimeException | Error bug) {
      FatalErrors.endProcessIfFatal(bug);
      log.error("Cannot create a fleet message", bug); // keep the thread for the next ones
    }
  }
}
