package dev.sluice.worker.settle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;

/**
 * Publishes a message and retries until the broker confirms that a queue has it.
 *
 * <p>There is no limit on retries, because the message may be a reply that was paid for. While the
 * broker is unavailable, the caller blocks. If the worker ends meanwhile, the task is
 * unacknowledged and the broker redelivers it.
 */
public final class ConfirmedPublisher {
  private static final Logger log = LoggerFactory.getLogger(ConfirmedPublisher.class);
  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

  private final ConfirmChannel channel;

  public ConfirmedPublisher(ConfirmChannel channel) {
    this.channel = channel;
  }

  /**
   * Publishes, and blocks until the broker confirms.
   *
   * @throws IllegalArgumentException if the message cannot be encoded, so that retries cannot
   *     succeed
   * @throws InterruptedException if the thread is interrupted; the message may have arrived
   */
  void publish(String exchange, String key, Message message) throws InterruptedException {
    Optional<String> error = attempt(exchange, key, message);
    while (error.isPresent()) {
      log.warn(
          "Cannot publish to exchange {} with routing key {}: {}. Retrying in 1 s.",
          exchange,
          key,
          error.get());
      Thread.sleep(RETRY_INTERVAL);
      error = attempt(exchange, key, message);
    }
  }

  /** The error; empty if the broker confirmed. */
  private Optional<String> attempt(String exchange, String key, Message message)
      throws InterruptedException {
    try {
      return channel
          .publish(exchange, key, message)
          .get(CONFIRM_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (AmqpException unreachable) {
      return Optional.of(String.valueOf(unreachable.getMessage()));
    } catch (TimeoutException timeout) {
      return Optional.of("no confirm within " + CONFIRM_TIMEOUT.toSeconds() + " s");
    } catch (ExecutionException failed) {
      return Optional.of(String.valueOf(failed.getCause()));
    }
  }
}
