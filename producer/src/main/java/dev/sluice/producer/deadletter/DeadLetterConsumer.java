package dev.sluice.producer.deadletter;

import com.rabbitmq.client.Channel;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.database.TransientFailures;
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
 * Takes dead letters in: stored first, then acknowledged by the container when this returns. While
 * the database is away they wait in the broker.
 *
 * <p>A letter that PostgreSQL refuses for what it is keeps no other waiting: it is stored in plain
 * characters, and where that is refused too it goes to the end of its queue.
 */
@Component
class DeadLetterConsumer implements ChannelAwareBatchMessageListener {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterConsumer.class);
  private static final long BETWEEN_TRIES_MILLIS = 1000;

  private final DeadLetters letters;
  private final DeadLetterQueues queues;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private boolean refusing;

  DeadLetterConsumer(DeadLetters letters, DeadLetterQueues queues) {
    this.letters = letters;
    this.queues = queues;
  }

  @Override
  public void onMessageBatch(List<Message> messages, @Nullable Channel channel) {
    RuntimeException refused =
        refusal(() -> letters.store(messages.stream().map(OutcomeCodec::readDeadLetter).toList()));
    if (refused == null) {
      refusing = false;
      return;
    }
    boolean wasRefusing = refusing;
    List<Message> left = messages.stream().filter(message -> !isTaken(message)).toList();
    refusing = !left.isEmpty();
    if (refusing) {
      if (!wasRefusing) {
        LOG.error("Dead letters cannot be stored, and go round in their queue", refused);
      }
      isStoppingAfterRest();
      left.forEach(queues::putLast);
    }
  }

  private boolean isTaken(Message message) {
    RuntimeException refused =
        refusal(() -> letters.store(List.of(OutcomeCodec.readDeadLetter(message))));
    if (refused == null) {
      return true;
    }
    return refusal(
            () -> {
              OutcomeMessage plain =
                  SanitizedDeadLetter.of(OutcomeCodec.readDeadLetter(message), refused);
              letters.store(List.of(plain));
              LOG.warn(
                  "The dead letter of task {} is stored in plain characters: {}",
                  plain.ids().taskId(),
                  refused.getMessage());
            })
        == null;
  }

  /** Why it cannot be done, null where it was. What fails because something is away is repeated. */
  private @Nullable RuntimeException refusal(Runnable storing) {
    boolean told = false;
    while (true) {
      try {
        storing.run();
        return null;
      } catch (RuntimeException failed) {
        if (!TransientFailures.isBehind(failed)) {
          return failed;
        }
        if (!told) {
          LOG.warn("Dead letters wait in the broker, tried every second: {}", failed.getMessage());
        }
        told = true;
        if (isStoppingAfterRest()) {
          throw failed;
        }
      }
    }
  }

  private boolean isStoppingAfterRest() {
    try {
      return stopping.await(BETWEEN_TRIES_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Gives up a retry that waits for the database: the broker delivers the letters again. */
  @EventListener(ContextClosedEvent.class)
  void stopRetrying() {
    stopping.countDown();
  }
}
