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
 * Publishes to one caller's reply queue. It uses one channel, so that messages arrive in order. A
 * returned message means that the queue does not exist.
 */
final class ReplyChannel {
  private static final Logger log = LoggerFactory.getLogger(ReplyChannel.class);
  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(5);
  private static final MessagePropertiesConverter PROPERTIES =
      new DefaultMessagePropertiesConverter();

  private final ConnectionFactory connectionFactory;
  private final String queue;
  private final ReturnListener returns =
      (code, text, exchange, key, properties, body) -> handleReturn(key);
  private volatile Runnable onReturn = () -> {};
  private volatile boolean returned;
  private @Nullable Channel channel;

  ReplyChannel(ConnectionFactory connectionFactory, String queue) {
    this.connectionFactory = connectionFactory;
    this.queue = queue;
  }

  /** A new channel to the same queue. */
  ReplyChannel newChannel() {
    return new ReplyChannel(connectionFactory, queue);
  }

  void onReturn(Runnable action) {
    onReturn = action;
  }

  /**
   * Sends without waiting for a confirm.
   *
   * @throws UncheckedIOException if the connection is lost
   * @throws AmqpException if there is no connection
   */
  void send(LiveMessage liveMessage) {
    Message message = LiveCodec.write(liveMessage);
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

  /** The result of a confirmed send. */
  enum SendResult {
    /** The message is in the caller's queue. */
    CONFIRMED,
    /** The queue does not exist now. */
    RETURNED,
    /** Unknown: the broker is unavailable, or sent a nack. */
    UNCONFIRMED
  }

  /** Sends and waits for the broker's confirm, at most 5 s. */
  SendResult sendConfirmed(LiveMessage message) throws InterruptedException {
    returned = false;
    try {
      send(message);
      if (!open().waitForConfirms(CONFIRM_TIMEOUT.toMillis())) {
        return SendResult.UNCONFIRMED;
      }
      return returned ? SendResult.RETURNED : SendResult.CONFIRMED;
    } catch (UncheckedIOException
        | AmqpException
        | ShutdownSignalException
        | TimeoutException failed) {
      close();
      return SendResult.UNCONFIRMED;
    }
  }

  /** Returns the channel to the cache. */
  void close() {
    Channel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.removeReturnListener(returns);
        RabbitUtils.closeChannel(open);
      } catch (AmqpException | ShutdownSignalException alreadyClosed) {
        log.debug("The channel closed with its connection: {}", alreadyClosed.getMessage());
      }
    }
  }

  private Channel open() {
    Channel open = channel;
    if (open == null) {
      Connection connection = connectionFactory.createConnection();
      open = connection.createChannel(false);
      open.addReturnListener(returns);
      channel = open;
    }
    return open;
  }

  private void handleReturn(String key) {
    if (key.equals(queue)) {
      returned = true;
      onReturn.run();
    }
  }
}
