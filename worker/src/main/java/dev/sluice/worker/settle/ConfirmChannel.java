package dev.sluice.worker.settle;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.amqp.core.Message;

/** Publishes messages without waiting for their confirms. */
@FunctionalInterface
public interface ConfirmChannel {
  /**
   * Publishes a message.
   *
   * @return completes with the error; empty if the broker confirmed that a queue has the message
   * @throws IllegalArgumentException if the message cannot be encoded, for example if its headers
   *     are larger than a frame
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  CompletableFuture<Optional<String>> publish(String exchange, String key, Message message)
      throws InterruptedException;
}
