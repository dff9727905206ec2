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
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * Publishes until the broker has confirmed that it has the message in a queue.
 *
 * <p>It does not give up: what it publishes may be a reply that was paid for. While the broker is
 * away the caller waits; if the worker ends meanwhile, the task it came from was never acknowledged
 * and is delivered again.
 */
public final class ConfirmedPublisher {
  private static final Logger log = LoggerFactory.getLogger(ConfirmedPublisher.class);
  private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final RabbitTemplate template;

  /**
   * @param template mandatory, with correlated confirms
   */
  public ConfirmedPublisher(RabbitTemplate template) {
    this.template = template;
  }

  /**
   * Publishes, however long it takes.
   *
   * @throws IllegalArgumentException if no broker could take the message
   * @throws InterruptedException if the thread is interrupted; whether the message arrived is
   *     unknown then
   */
  void publish(String exchange, String key, Message message) throws InterruptedException {
    Optional<String> problem = tryOnce(exchange, key, message);
    while (problem.isPresent()) {
      log.warn("Not published to {} ({}): {}. Trying again.", exchange, key, problem.get());
      Thread.sleep(PAUSE);
      problem = tryOnce(exchange, key, message);
    }
  }

  /** A message that cannot be written (headers larger than a frame, say) never will be. */
  private static void rethrowWhatNoBrokerTakes(AmqpException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof IllegalArgumentException unwritable) {
        throw unwritable;
      }
    }
  }

  /** What went wrong; empty when the broker confirmed. */
  private Optional<String> tryOnce(String exchange, String key, Message message)
      throws InterruptedException {
    CorrelationData confirm = new CorrelationData();
    try {
      template.send(exchange, key, message, confirm);
      CorrelationData.Confirm answer =
          confirm.getFuture().get(CONFIRM_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      ReturnedMessage returned = confirm.getReturned();
      if (returned != null) {
        return Optional.of("no queue takes it (" + returned.getReplyText() + ")");
      }
      return answer.ack()
          ? Optional.empty()
          : Optional.of("the broker refused it (" + answer.reason() + ")");
    } catch (AmqpException unreachable) {
      rethrowWhatNoBrokerTakes(unreachable);
      return Optional.of(String.valueOf(unreachable.getMessage()));
    } catch (TimeoutException late) {
      return Optional.of("no confirm within " + CONFIRM_WITHIN.toSeconds() + " s");
    } catch (ExecutionException failed) {
      return Optional.of(String.valueOf(failed.getCause()));
    }
  }
}
