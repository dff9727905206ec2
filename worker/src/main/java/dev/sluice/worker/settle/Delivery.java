package dev.sluice.worker.settle;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;

/**
 * An unacknowledged message. If its channel is closed, Spring's channel proxy throws different
 * exceptions; in all cases the broker redelivers the message.
 */
public final class Delivery {
  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private final Channel channel;
  private final long tag;

  public Delivery(Channel channel, long tag) {
    this.channel = channel;
    this.tag = tag;
  }

  /** Whether the channel is open. When it closes, the broker redelivers to another consumer. */
  public boolean canAcknowledge() {
    return channel.isOpen();
  }

  /** Acknowledges the message. If the channel is closed, the broker redelivers it. */
  void acknowledge() {
    try {
      channel.basicAck(tag, false);
    } catch (IOException | AlreadyClosedException | AmqpException failed) {
      log.info(
          "Cannot acknowledge a settled task; the broker will redeliver it: {}", failed.toString());
    }
  }

  /** Requeues the message, which counts towards the broker's delivery limit. */
  public void reject() {
    try {
      channel.basicReject(tag, true);
    } catch (IOException | AlreadyClosedException | AmqpException failed) {
      log.info("Cannot reject a task; the broker will redeliver it: {}", failed.toString());
    }
  }
}
