package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.live.LiveMessage;
import dev.sluice.producer.access.KeyLimits;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** The broker's behaviour towards publishers during a memory alarm. */
@Timeout(30)
class LiveTaskPublisherTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final BlockingTemplate template = new BlockingTemplate();
  private final LiveTaskPublisher publisher = new LiveTaskPublisher(template, "replies");

  @AfterEach
  void release() {
    template.released.countDown();
  }

  @Test
  void callerDoesNotWaitForABlockedWrite() {
    CorrelationData confirm = send();

    await().atMost(SOON).until(() -> template.writes.get() == 1);
    assertThat(confirm.getFuture()).isNotDone();
  }

  @Test
  void nothingIsWrittenWhileTheBrokerBlocksPublishers() {
    template.released.countDown();
    publisher.handleBlocked("low on memory");

    assertThat(send().getFuture())
        .failsWithin(SOON)
        .withThrowableThat()
        .withCauseInstanceOf(AmqpException.class);
    publisher.broadcast(new LiveMessage.Cancelled("t"));
    assertThat(template.writes).hasValue(0);

    publisher.handleUnblocked();
    send();
    await().atMost(SOON).until(() -> template.writes.get() == 1);
  }

  @Test
  void lostConnectionIsNotBlocked() {
    template.released.countDown();
    publisher.handleBlocked("low on memory");

    publisher
        .publisherConnectionListener()
        .onShutDown(new ShutdownSignalException(true, false, null, null));

    send();
    await().atMost(SOON).until(() -> template.writes.get() == 1);
  }

  private CorrelationData send() {
    return publisher.send(TestCalls.call("key", "s", KeyLimits.NONE).task());
  }

  /** Blocks each write, as a socket whose buffer is full. */
  private static final class BlockingTemplate extends RabbitTemplate {
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger writes = new AtomicInteger();

    @Override
    public void send(
        @Nullable String exchange,
        @Nullable String routingKey,
        Message message,
        @Nullable CorrelationData correlation) {
      writes.incrementAndGet();
      try {
        released.await();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
