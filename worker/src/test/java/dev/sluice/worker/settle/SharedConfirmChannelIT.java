package dev.sluice.worker.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.broker.TestBroker;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;

class SharedConfirmChannelIT {
  private static final int MESSAGES = 200;
  private static final int LARGER_THAN_A_FRAME = 200_000;
  private static final long TIMEOUT_SECONDS = 20;

  private final CachingConnectionFactory connections =
      new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
  private final RabbitAdmin admin = new RabbitAdmin(connections);
  private final SharedConfirmChannel channel = new SharedConfirmChannel(connections);
  private final String queue = UUID.randomUUID().toString();

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  @Test
  void messagesArePublishedWithoutWaitingAndAllConfirmed() throws Exception {
    declareQueue();
    List<CompletableFuture<Optional<String>>> confirms = new ArrayList<>();

    for (int i = 0; i < MESSAGES; i++) {
      confirms.add(channel.publish("", queue, message("m-" + i)));
    }

    for (CompletableFuture<Optional<String>> confirm : confirms) {
      assertThat(result(confirm)).isEmpty();
    }
    assertThat(Objects.requireNonNull(admin.getQueueInfo(queue)).getMessageCount())
        .isEqualTo(MESSAGES);
  }

  @Test
  void onlyTheMessageWithoutAQueueHasAnError() throws Exception {
    declareQueue();

    CompletableFuture<Optional<String>> before = channel.publish("", queue, message("before"));
    CompletableFuture<Optional<String>> lost =
        channel.publish("", "no-such-queue", message("lost"));
    CompletableFuture<Optional<String>> after = channel.publish("", queue, message("after"));

    assertThat(result(before)).isEmpty();
    assertThat(result(lost)).hasValueSatisfying(error -> assertThat(error).contains("NO_ROUTE"));
    assertThat(result(after)).isEmpty();
  }

  @Test
  void messageThatCannotBeEncodedDoesNotChangeTheConfirmsOfLaterMessages() throws Exception {
    declareQueue();
    Message tooLarge = message("large");
    tooLarge.getMessageProperties().setHeader("large", "x".repeat(LARGER_THAN_A_FRAME));
    assertThat(result(channel.publish("", queue, message("before")))).isEmpty();

    assertThatThrownBy(() -> channel.publish("", queue, tooLarge))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(result(channel.publish("", queue, message("after")))).isEmpty();
    assertThat(result(channel.publish("", "no-such-queue", message("lost")))).isPresent();
  }

  @Test
  void nextMessageOpensAnotherChannelAfterTheConnectionWasClosed() throws Exception {
    declareQueue();
    assertThat(result(channel.publish("", queue, message("before")))).isEmpty();

    connections.resetConnection();

    declareQueue();
    assertThat(result(channel.publish("", queue, message("after")))).isEmpty();
  }

  private void declareQueue() {
    admin.declareQueue(
        new Queue(queue, /* durable= */ false, /* exclusive= */ true, /* autoDelete= */ false));
  }

  private static Message message(String id) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(id);
    return new Message(new byte[0], properties);
  }

  private static Optional<String> result(CompletableFuture<Optional<String>> confirm)
      throws Exception {
    return confirm.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }
}
