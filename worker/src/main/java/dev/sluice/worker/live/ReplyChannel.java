package dev.sluice.worker.live;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ReturnListener;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.RabbitUtils;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;

/**
 * The way to one caller's queue: one channel, so that what is sent arrives in its order. What the
 * broker returns tells that nobody is there.
 */
final class ReplyChannel {
  private static final Logger log = LoggerFactory.getLogger(ReplyChannel.class);
  private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(5);
  private static final MessagePropertiesConverter PROPERTIES =
      new DefaultMessagePropertiesConverter();

  private final ConnectionFactory brokers;
  private final String queue;
  private final ReturnListener returns =
      (code, text, exchange, key, properties, body) -> returned(key);
  private volatile Runnable nobodyIsThere = () -> {};
  private volatile boolean returned;
  private @Nullable Channel channel;

  ReplyChannel(ConnectionFactory brokers, String queue) {
    this.brokers = brokers;
    this.queue = queue;
  }

  /** Another way to the same queue. */
  ReplyChannel another() {
    return new ReplyChannel(brokers, queue);
  }

  void whenNobodyIsThere(Runnable then) {
    nobodyIsThere = then;
  }

  /**
   * Sends and does not wait.
   *
   * @throws UncheckedIOException where the connection breaks
   * @throws AmqpException where there is none
   */
  void send(LiveMessage word) {
    Message message = LiveCodec.write(word);
    AMQP.BasicProperties properties =
        PROPERTIES.fromMessageProperties(
            message.getMessageProperties(), StandardCharsets.UTF_8.name());
    try {
      open().basicPublish("", queue, true, properties, message.getBody());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (ShutdownSignalException closed) {
      throw new UncheckedIOException(new IOException(closed));
    }
  }

  /** Where something that was sent has come. */
  enum Arrival {
    /** Into the caller's queue. */
    THERE,
    /** Back: there is no such queue now. */
    RETURNED,
    /** Nobody knows: the broker is away, or does not take it. */
    AWAY
  }

  /** Sends, and waits until the broker has said what has become of it. */
  Arrival sendSurely(LiveMessage word) throws InterruptedException {
    returned = false;
    try {
      send(word);
      if (!open().waitForConfirms(CONFIRM_WITHIN.toMillis())) {
        return Arrival.AWAY;
      }
      return returned ? Arrival.RETURNED : Arrival.THERE;
    } catch (UncheckedIOException
        | AmqpException
        | ShutdownSignalException
        | TimeoutException failed) {
      close();
      return Arrival.AWAY;
    }
  }

  /** The channel goes back to the others. */
  void close() {
    Channel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.removeReturnListener(returns);
        RabbitUtils.closeChannel(open);
      } catch (AmqpException | ShutdownSignalException gone) {
        log.debug("A channel went with its connection: {}", gone.getMessage());
      }
    }
  }

  private Channel open() {
    Channel open = channel;
    if (open == null) {
      Connection connection = brokers.createConnection();
      open = connection.createChannel(false);
      open.addReturnListener(returns);
      channel = open;
    }
    return open;
  }

  private void returned(String key) {
    if (key.equals(queue)) {
      returned = true;
      nobodyIsThere.run();
    }
  }
}
