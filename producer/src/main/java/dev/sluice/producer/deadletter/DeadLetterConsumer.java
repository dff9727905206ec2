package dev.sluice.producer.deadletter;

import com.rabbitmq.client.Channel;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.infrastructure.database.BackgroundWork;
import dev.sluice.producer.infrastructure.database.TransientFailures;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.infrastructure.loop.LoopWatchSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Consumes the dead-letter queues and stores the dead letters. The container acknowledges them when
 * this listener returns. While the database is unavailable they stay in the broker.
 *
 * <p>A dead letter that PostgreSQL rejects does not block the others: it is stored {@linkplain
 * SanitizedDeadLetter sanitized}, and if PostgreSQL rejects that too, it moves to the end of its
 * queue.
 */
@Component
class DeadLetterConsumer implements ChannelAwareBatchMessageListener, LoopWatchSource {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterConsumer.class);
  private static final long RETRY_INTERVAL_MILLIS = 1000;

  private final DeadLetterStore deadLetters;
  private final DeadLetterQueues queues;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final LoopWatch watch = new LoopWatch("dead-letter-consumer", /* movesTasks= */ false);
  private boolean failing;

  DeadLetterConsumer(DeadLetterStore deadLetters, DeadLetterQueues queues) {
    this.deadLetters = deadLetters;
    this.queues = queues;
  }

  @Override
  public List<LoopWatch> watches() {
    return List.of(watch);
  }

  @Override
  public void onMessageBatch(List<Message> messages, @Nullable Channel channel) {
    watch.started();
    try {
      BackgroundWork.run(() -> storeAll(messages));
    } catch (RuntimeException | Error failed) {
      watch.failed(/* noConnection= */ false);
      throw failed; // the broker delivers the dead letters again
    }
    watch.finished();
  }

  private void storeAll(List<Message> messages) {
    RuntimeException rejection =
        tryStore(
            () -> deadLetters.store(messages.stream().map(OutcomeCodec::readDeadLetter).toList()));
    if (rejection == null) {
      failing = false;
      return;
    }
    boolean wasFailing = failing;
    List<Message> unstored = messages.stream().filter(message -> !storeAlone(message)).toList();
    failing = !unstored.isEmpty();
    if (failing) {
      if (!wasFailing) {
        LOG.error(
            "Cannot store dead letters; they stay in the queue and will be retried", rejection);
      }
      pauseOrStop();
      unstored.forEach(queues::moveToEnd);
    }
  }

  private boolean storeAlone(Message message) {
    RuntimeException rejection =
        tryStore(() -> deadLetters.store(List.of(OutcomeCodec.readDeadLetter(message))));
    if (rejection == null) {
      return true;
    }
    return tryStore(
            () -> {
              OutcomeMessage sanitized =
                  SanitizedDeadLetter.of(OutcomeCodec.readDeadLetter(message), rejection);
              deadLetters.store(List.of(sanitized));
              LOG.warn(
                  "Stored the dead letter of task {} with ASCII characters only, because PostgreSQL rejected the original: {}",
                  sanitized.ids().taskId(),
                  rejection.getMessage());
            })
        == null;
  }

  /**
   * Stores, and retries transient failures until the application stops.
   *
   * @return why PostgreSQL rejects the dead letters; null if they are stored
   */
  private @Nullable RuntimeException tryStore(Runnable store) {
    boolean logged = false;
    while (true) {
      try {
        store.run();
        return null;
      } catch (RuntimeException failed) {
        if (!TransientFailures.isTransient(failed)) {
          return failed;
        }
        if (!logged) {
          LOG.warn(
              "Cannot store dead letters; they stay in the broker, retrying every second: {}",
              failed.getMessage());
        }
        logged = true;
        watch.failed(TransientFailures.isUnreachable(failed));
        if (pauseOrStop()) {
          throw failed;
        }
        watch.started();
      }
    }
  }

  /** Waits for the retry interval; returns true if the application is stopping. */
  private boolean pauseOrStop() {
    try {
      return stopping.await(RETRY_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Ends a running retry; the broker redelivers the dead letters. */
  @EventListener(ContextClosedEvent.class)
  void stopRetrying() {
    stopping.countDown();
  }
}
