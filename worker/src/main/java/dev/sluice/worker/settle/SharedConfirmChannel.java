package dev.sluice.worker.settle;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;

/**
 * One channel for the messages of all tasks. Tasks wait for their confirms at the same time, so the
 * broker confirms many messages with one frame, and no task needs a channel of its own.
 *
 * <p>The channel numbers its messages, and a confirm has the number. A message that no queue
 * receives is returned before it is confirmed; it is found by its {@code message_id}. After an
 * error the channel is closed, which completes all its messages with an error, and the next message
 * opens another one.
 */
public final class SharedConfirmChannel implements ConfirmChannel {
  private static final MessagePropertiesConverter PROPERTIES =
      new DefaultMessagePropertiesConverter();

  private final ConnectionFactory connections;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable OpenChannel current;

  /**
   * @param connections the factory of publisher connections
   */
  public SharedConfirmChannel(ConnectionFactory connections) {
    this.connections = connections;
  }

  @Override
  public CompletableFuture<Optional<String>> publish(String exchange, String key, Message message)
      throws InterruptedException {
    AMQP.BasicProperties properties =
        PROPERTIES.fromMessageProperties(
            message.getMessageProperties(), StandardCharsets.UTF_8.name());
    lock.lockInterruptibly();
    try {
      OpenChannel open = open();
      try {
        return open.publish(exchange, key, properties, message.getBody());
      } catch (IOException | RuntimeException failed) {
        current = null;
        open.abort(); // its numbers may differ from the broker's now
        throw failed instanceof IllegalArgumentException encodingError
            ? encodingError
            : RabbitExceptionTranslator.convertRabbitAccessException(failed);
      }
    } finally {
      lock.unlock();
    }
  }

  private OpenChannel open() {
    OpenChannel open = current;
    if (open == null || !open.channel.isOpen()) {
      open = OpenChannel.on(connections.createConnection().getDelegate());
      current = open;
    }
    return open;
  }

  /** A message that is not confirmed yet. */
  private record Pending(@Nullable String id, CompletableFuture<Optional<String>> confirm) {}

  /** A channel in confirm mode, and its messages that are not confirmed yet. */
  private static final class OpenChannel {
    private final Channel channel;
    private final ConcurrentNavigableMap<Long, Pending> pending = new ConcurrentSkipListMap<>();

    private OpenChannel(Channel channel) {
      this.channel = channel;
    }

    static OpenChannel on(@Nullable Connection connection) {
      try {
        Channel channel =
            Objects.requireNonNull(connection, "a connection has a delegate").createChannel();
        if (channel == null) {
          throw new AmqpIOException(new IOException("the connection has no free channel"));
        }
        OpenChannel open = new OpenChannel(channel);
        channel.confirmSelect();
        channel.addConfirmListener(
            (number, multiple) -> open.complete(number, multiple, Optional.empty()),
            (number, multiple) ->
                open.complete(number, multiple, Optional.of("the broker rejected it")));
        channel.addReturnListener(
            returned ->
                open.returned(returned.getProperties().getMessageId(), returned.getReplyText()));
        channel.addShutdownListener(open::closed);
        return open;
      } catch (IOException failed) {
        throw RabbitExceptionTranslator.convertRabbitAccessException(failed);
      }
    }

    CompletableFuture<Optional<String>> publish(
        String exchange, String key, AMQP.BasicProperties properties, byte[] body)
        throws IOException {
      CompletableFuture<Optional<String>> confirm = new CompletableFuture<>();
      long number = channel.getNextPublishSeqNo();
      pending.put(number, new Pending(properties.getMessageId(), confirm));
      channel.basicPublish(exchange, key, /* mandatory= */ true, properties, body);
      return confirm;
    }

    private void complete(long number, boolean multiple, Optional<String> error) {
      if (multiple) {
        ConcurrentNavigableMap<Long, Pending> confirmed = pending.headMap(number, true);
        confirmed.values().forEach(message -> message.confirm().complete(error));
        confirmed.clear();
      } else {
        Pending message = pending.remove(number);
        if (message != null) {
          message.confirm().complete(error);
        }
      }
    }

    private void returned(@Nullable String id, String reason) {
      Optional<String> error = Optional.of("no queue is bound for it (" + reason + ")");
      pending.values().stream()
          .filter(message -> Objects.equals(message.id(), id))
          .forEach(message -> message.confirm().complete(error));
    }

    private void closed(ShutdownSignalException reason) {
      Optional<String> error = Optional.of("the channel was closed (" + reason.getMessage() + ")");
      pending.values().forEach(message -> message.confirm().complete(error));
      pending.clear();
    }

    void abort() {
      try {
        channel.abort();
      } catch (IOException failed) {
        throw new AmqpIOException(failed);
      }
    }
  }
}
