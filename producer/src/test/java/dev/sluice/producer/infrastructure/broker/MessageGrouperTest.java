package dev.sluice.producer.infrastructure.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

class MessageGrouperTest {
  private static final int MAX_SIZE = 3;

  private final List<Integer> sizes = new CopyOnWriteArrayList<>();
  private final List<String> settled = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private boolean failing;
  private final MessageGrouper batches = new MessageGrouper(this::process, MAX_SIZE);

  @AfterEach
  void stop() {
    release.countDown();
    batches.stop();
  }

  @Test
  void firstMessageDoesNotWaitForOthers() {
    batches.start();

    batches.onMessage(message(1), channel("a"));
    await().until(() -> sizes.size() == 1);
    release.countDown();

    await().until(() -> settled.equals(List.of("a basicAck 1 [true]")));
  }

  @Test
  void messagesThatArriveMeanwhileAreOneBatchAndAreAcknowledgedOncePerChannel() {
    batches.start();
    batches.onMessage(message(1), channel("a"));
    await().until(() -> sizes.size() == 1);
    batches.onMessage(message(2), channel("a"));
    batches.onMessage(message(3), channel("a"));
    batches.onMessage(message(1), channel("b"));
    batches.onMessage(message(2), channel("b"));
    release.countDown();

    await().until(() -> settled.size() == 4);
    assertThat(sizes).containsExactly(1, MAX_SIZE, 1);
    assertThat(settled)
        .containsExactly(
            "a basicAck 1 [true]",
            "a basicAck 3 [true]",
            "b basicAck 1 [true]",
            "b basicAck 2 [true]");
  }

  @Test
  void failedBatchReturnsToItsQueue() {
    failing = true;
    release.countDown();
    batches.start();

    batches.onMessage(message(7), channel("a"));

    await().until(() -> settled.equals(List.of("a basicNack 7 [true, true]")));
  }

  @Test
  void settlesOnTheChannelOfTheDeliveryAlsoIfTheCachedChannelHasOpenedAnother() {
    AtomicReference<Channel> target = new AtomicReference<>(channel("a"));
    Channel cached = cached(target);
    batches.start();
    batches.onMessage(message(5), cached);
    await().until(() -> sizes.size() == 1);
    target.set(channel("b"));
    batches.onMessage(message(1), cached);
    release.countDown();

    await().until(() -> settled.size() == 2);
    assertThat(settled).containsExactly("a basicAck 5 [true]", "b basicAck 1 [true]");
  }

  @Test
  void closedChannelDoesNotStopTheBatches() {
    release.countDown();
    batches.start();

    batches.onMessage(
        message(1), closed(new IllegalStateException("Channel closed; cannot ack/nack")));
    await().until(() -> sizes.size() == 1);
    batches.onMessage(message(2), closed(new AlreadyClosedException(shutdown())));
    await().until(() -> sizes.size() == 2);
    batches.onMessage(message(3), channel("a"));

    await().until(() -> settled.equals(List.of("a basicAck 3 [true]")));
  }

  @Test
  void stopWaitsForTheCurrentBatchAndLeavesTheOthersToTheBroker() {
    batches.start();
    batches.onMessage(message(1), channel("a"));
    await().until(() -> sizes.size() == 1);
    batches.onMessage(message(2), channel("a"));
    Thread stopping = Thread.ofVirtual().start(batches::stop);
    await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
    release.countDown();

    await().until(() -> !stopping.isAlive());
    assertThat(settled).containsExactly("a basicAck 1 [true]");
    assertThat(sizes).containsExactly(1);
  }

  private void process(List<Message> messages, @Nullable Channel channel) {
    sizes.add(messages.size());
    try {
      release.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    if (failing) {
      throw new IllegalStateException("the database rejects them");
    }
  }

  private static Message message(long tag) {
    MessageProperties properties = new MessageProperties();
    properties.setDeliveryTag(tag);
    return new Message(new byte[0], properties);
  }

  private static ShutdownSignalException shutdown() {
    return new ShutdownSignalException(
        /* hardError= */ true, /* initiatedByApplication= */ false, null, null);
  }

  /** Spring's cached channel. */
  private static Channel cached(AtomicReference<Channel> target) {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {ChannelProxy.class},
            (self, method, arguments) ->
                method.getName().equals("getTargetChannel")
                    ? target.get()
                    : method.invoke(target.get(), arguments));
  }

  private static Channel closed(RuntimeException failure) {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (self, method, arguments) -> {
              if (method.getName().equals("hashCode")) {
                return 1;
              }
              throw failure;
            });
  }

  /** Records the calls that settle deliveries. Two of the same name are equal. */
  private Channel channel(String name) {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (self, method, arguments) -> {
              if (method.getName().equals("hashCode")) {
                return name.hashCode();
              }
              if (method.getName().equals("equals")) {
                return self.hashCode() == arguments[0].hashCode();
              }
              settled.add(
                  "%s %s %s %s"
                      .formatted(
                          name,
                          method.getName(),
                          arguments[0],
                          Arrays.asList(arguments).subList(1, arguments.length)));
              return null;
            });
  }
}
