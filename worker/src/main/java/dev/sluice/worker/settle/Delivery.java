package dev.sluice.worker.settle;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;

/**
 * A message that the broker waits to hear about. Spring's channel throws what it likes once it is
 * closed; whatever that is, the message comes again.
 */
public final class Delivery {
  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private final Channel channel;
  private final long tag;

  public Delivery(Channel channel, long tag) {
    this.channel = channel;
    this.tag = tag;
  }

  /** Whether the broker leaves it here: with the channel goes the delivery, to whoever is next. */
  public boolean isHeld() {
    return channel.isOpen();
  }

  /** It is settled. Where its channel is gone already, the broker brings it again. */
  void acknowledge() {
    try {
      channel.basicAck(tag, false);
    } catch (IOException | AlreadyClosedException | AmqpException gone) {
      log.info("A settled task could not be acknowledged and will come again: {}", gone.toString());
    }
  }

  /** It goes back to its queue, which counts towards the broker's delivery limit. */
  public void reject() {
    try {
      channel.basicReject(tag, true);
    } catch (IOException | AlreadyClosedException | AmqpException gone) {
      log.info("A task could not be returned and will come again: {}", gone.toString());
    }
  }
}
