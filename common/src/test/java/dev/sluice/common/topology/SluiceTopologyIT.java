package dev.sluice.common.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.wire.Lane;
import dev.sluice.testkit.broker.TestBroker;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.support.GenericApplicationContext;

class SluiceTopologyIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String ROUTE = "topology-it";

  private static @Nullable CachingConnectionFactory connections;

  @BeforeAll
  static void declare() {
    connections = new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    declareOnce();
  }

  @AfterAll
  static void disconnect() {
    Objects.requireNonNull(connections).destroy();
  }

  @Test
  void declaringTwiceSucceeds() {
    declareOnce();
  }

  @Test
  void delayedTasksReturnInOrderAndNeverEarly() {
    String queue = QueueNames.tasks(ROUTE, Lane.BATCH);
    List<Long> delays = List.of(3_300L, 300L, 1_700L, 150L, 900L);
    Instant start = Instant.now();
    for (long delay : delays) {
      DelayPath path = DelayLevels.path(ROUTE, Lane.BATCH, Duration.ofMillis(delay));
      template().send(path.exchange(), path.routingKey(), message(Long.toString(delay)));
    }

    for (long delay : delays.stream().sorted().toList()) {
      Message back = next(queue);
      assertThat(new String(back.getBody(), UTF_8)).isEqualTo(Long.toString(delay));
      assertThat(Duration.between(start, Instant.now()))
          .isGreaterThanOrEqualTo(Duration.ofMillis(delay));
    }
  }

  @Test
  void onlyFailedOutcomesAreDeadLetters() {
    template().send(Exchanges.OUTCOMES, "failed." + ROUTE, message("failed"));
    template().send(Exchanges.OUTCOMES, "completed." + ROUTE, message("completed"));

    assertThat(List.of(text(next(QueueNames.RESULTS)), text(next(QueueNames.RESULTS))))
        .containsExactlyInAnyOrder("failed", "completed");
    assertThat(text(next(QueueNames.deadLetters(ROUTE)))).isEqualTo("failed");
    assertThat(template().receive(QueueNames.deadLetters(ROUTE))).isNull();
  }

  @Test
  void taskOverDeliveryLimitGoesToResultsAndDeadLetters() {
    String queue = QueueNames.tasks(ROUTE, Lane.LIVE);
    template().send(Exchanges.TASKS, ROUTE + ".live", message("poison"));

    int returns =
        IntStream.iterate(0, i -> i + 1)
            .takeWhile(i -> requeued(queue))
            .limit(100)
            .reduce(0, (a, b) -> a + 1);

    assertThat(returns).isEqualTo(SluiceTopology.TASK_DELIVERY_LIMIT + 1);
    assertThat(text(next(QueueNames.RESULTS))).isEqualTo("poison");
    assertThat(text(next(QueueNames.deadLetters(ROUTE)))).isEqualTo("poison");
  }

  /** Receives the message and requeues it; false if none arrives within 2 s. */
  private static boolean requeued(String queue) {
    return Boolean.TRUE.equals(
        template()
            .execute(
                channel -> {
                  Instant end = Instant.now().plusSeconds(2);
                  while (Instant.now().isBefore(end)) {
                    var got = channel.basicGet(queue, false);
                    if (got != null) {
                      channel.basicReject(got.getEnvelope().getDeliveryTag(), true);
                      return true;
                    }
                  }
                  return false;
                }));
  }

  private static Message next(String queue) {
    return await().atMost(TIMEOUT).until(() -> template().receive(queue), Objects::nonNull);
  }

  private static String text(Message message) {
    return new String(message.getBody(), UTF_8);
  }

  private static Message message(String text) {
    return new Message(text.getBytes(UTF_8), new MessageProperties());
  }

  private static RabbitTemplate template() {
    return new RabbitTemplate(Objects.requireNonNull(connections));
  }

  private static void declareOnce() {
    try (GenericApplicationContext context = new GenericApplicationContext()) {
      context.registerBean(Declarables.class, () -> SluiceTopology.declare(List.of(ROUTE)));
      context.refresh();
      RabbitAdmin admin = new RabbitAdmin(Objects.requireNonNull(connections));
      admin.setApplicationContext(context);
      admin.initialize();
    }
  }
}
