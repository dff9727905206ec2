package dev.sluice.producer.desk;

import com.rabbitmq.client.Channel;
import dev.sluice.common.wire.OutcomeCodec;
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
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes dead letters in: stored first, then acknowledged by the container when this returns. While
 * the database is away they wait in the broker.
 */
@Component
class DeadTaker implements ChannelAwareBatchMessageListener {
  private static final Logger LOG = LoggerFactory.getLogger(DeadTaker.class);
  private static final long BETWEEN_TRIES_MILLIS = 1000;

  private final DeadLetters letters;
  private final CountDownLatch stopping = new CountDownLatch(1);

  DeadTaker(DeadLetters letters) {
    this.letters = letters;
  }

  @Override
  public void onMessageBatch(List<Message> messages, @Nullable Channel channel) {
    boolean told = false;
    while (true) {
      try {
        letters.store(messages.stream().map(OutcomeCodec::readDead).toList());
        return;
      } catch (DataAccessException | TransactionException away) {
        if (!told) {
          LOG.warn("Dead letters wait in the broker, tried every second: {}", away.getMessage());
        }
        told = true;
        if (isStoppingAfterRest()) {
          throw away;
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
