package dev.sluice.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.broker.TestBroker;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.wire.Attempt;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.worker.ScriptedProvider.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** What no worker can work on ends as a dead letter with its reason, and the consumer goes on. */
class PoisonIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ROUTE = "poison-it";
  private static final String POISONED = "poison-it-unmanned";
  private static final int RETURNS = 20;
  private static final int TWENTY_MEGABYTES = 20_000_000;

  private static @Nullable ScriptedProvider provider;
  private static @Nullable CachingConnectionFactory connections;
  private static @Nullable ConfigurableApplicationContext worker;

  @BeforeAll
  static void start() throws IOException {
    provider = new ScriptedProvider();
    connections = new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    worker = worker();
    declare(POISONED);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(worker).close();
    Objects.requireNonNull(connections).destroy();
    Objects.requireNonNull(provider).close();
  }

  @AfterEach
  void theConsumerGoesOn() {
    String id = UUID.randomUUID().toString();
    send(json(id), task(id));

    await().atMost(SOON).until(() -> !provider().seen(json(id)).isEmpty());
  }

  @Test
  void aMessageWithoutAnythingIsADeadLetter() {
    send("garbage", new MessageProperties());

    OutcomeMessage dead = deadLetter(letter -> letter.body().text().equals("garbage"));

    assertThat(Objects.requireNonNull(dead.failure()).code()).isEqualTo("malformed_task");
    assertThat(dead.failure().detail()).isEqualTo("message_id is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/xml", "application/x-protobuf", "multipart/form-data"})
  void aMessageOfAnotherContentTypeIsADeadLetterWithoutACall(String contentType) {
    String id = "of-type-" + contentType;
    MessageProperties properties = task(id);
    properties.setContentType(contentType);
    send(json(id), properties);

    assertThat(reason(id)).isEqualTo("content_type '" + contentType + "' is not application/json");
    assertThat(provider().seen(json(id))).isEmpty();
  }

  @Test
  void twentyMegabytesAreADeadLetterWithAllOfThem() {
    send("x".repeat(TWENTY_MEGABYTES), task("huge"));

    assertThat(reason("huge"))
        .isEqualTo(
            "the body has 20000000 bytes, more than the limit of " + TaskCodec.MAX_BODY_BYTES);
  }

  @Test
  void aTaskWithTheDeathsOfAnotherBrokerIsDelayedAndDoneLikeAnyOther() {
    MessageProperties properties = task("foreign");
    properties.setHeader(
        "x-death",
        List.of(
            Map.of(
                "queue", "sluice.delay.1.1", "reason", "expired", "count", 1L, "exchange", "a")));
    properties.setHeader("x-first-death-reason", "expired");
    provider().script(json("foreign"), Answer.rateLimit("1"), Answer.ok());
    send(json("foreign"), properties);

    OutcomeMessage outcome = outcome(QueueNames.RESULTS, letter -> isOf(letter, "foreign"));

    assertThat(outcome.stats().statusCode()).isEqualTo(200);
    assertThat(outcome.stats().history().attempts())
        .extracting(Attempt::code)
        .containsExactly("throttled", "completed");
    assertThat(outcome.stats().history().attempts().getFirst().retryAfterMillis()).isEqualTo(1000);
  }

  @Test
  void aTaskThatEveryWorkerDiesOfIsGivenUpByTheBrokerWhateverItsHeadersSay() {
    MessageProperties properties = task("killer");
    properties.setHeader("sluice-attempt", "many");
    template().send(Exchanges.TASKS, POISONED, new Message(bytes(json("killer")), properties));

    for (int death = 0; death <= RETURNS; death++) {
      takeAndDie();
    }

    OutcomeMessage dead = outcome(QueueNames.deadLetters(POISONED), letter -> isOf(letter, "killer"));
    assertThat(Objects.requireNonNull(dead.failure()).code()).isEqualTo("delivery_limit");
    assertThat(dead.failure().detail()).contains("(delivery_limit)");
    assertThat(dead.body().text()).isEqualTo(json("killer"));
  }

  /** A connection of its own that takes the task and is gone, as one of a killed process is. */
  private static void takeAndDie() {
    CachingConnectionFactory own = new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    try {
      new RabbitTemplate(own)
          .execute(
              channel -> {
                String queue = QueueNames.tasks(POISONED, Lane.BATCH);
                await().atMost(SOON).until(() -> channel.basicGet(queue, false) != null);
                channel.getConnection().abort();
                return true;
              });
    } finally {
      own.destroy();
    }
  }

  private static String reason(String id) {
    OutcomeMessage dead = deadLetter(letter -> isOf(letter, id));
    assertThat(Objects.requireNonNull(dead.failure()).code()).isEqualTo("malformed_task");
    return dead.failure().detail();
  }

  private static OutcomeMessage deadLetter(Predicate<OutcomeMessage> wanted) {
    return outcome(QueueNames.deadLetters(ROUTE), wanted);
  }

  private static OutcomeMessage outcome(String queue, Predicate<OutcomeMessage> wanted) {
    return await()
        .atMost(SOON)
        .until(
            () -> {
              Message message = template().receive(queue);
              return message == null ? null : OutcomeCodec.read(message);
            },
            outcome -> outcome != null && wanted.test(outcome));
  }

  private static boolean isOf(OutcomeMessage outcome, String id) {
    return outcome.ids().taskId().equals(id);
  }

  private static void send(String body, MessageProperties properties) {
    template().send(Exchanges.TASKS, ROUTE, new Message(bytes(body), properties));
  }

  private static MessageProperties task(String id) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(id);
    return properties;
  }

  private static String json(String id) {
    return "{\"model\":\"m\",\"messages\":[],\"user\":\"" + id + "\"}";
  }

  private static byte[] bytes(String body) {
    return body.getBytes(UTF_8);
  }

  private static void declare(String route) {
    try (GenericApplicationContext context = new GenericApplicationContext()) {
      context.registerBean(Declarables.class, () -> SluiceTopology.declare(List.of(route)));
      context.refresh();
      RabbitAdmin admin = new RabbitAdmin(Objects.requireNonNull(connections));
      admin.setApplicationContext(context);
      admin.initialize();
    }
  }

  private static ConfigurableApplicationContext worker() {
    return new SpringApplicationBuilder(WorkerApplication.class)
        .run(
            "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
            "--server.port=0",
            "--sluice.routes[0].name=" + ROUTE,
            "--sluice.routes[0].provider.url=" + provider().url(),
            "--sluice.routes[0].concurrency=1");
  }

  private static RabbitTemplate template() {
    return new RabbitTemplate(Objects.requireNonNull(connections));
  }

  private static ScriptedProvider provider() {
    return Objects.requireNonNull(provider);
  }
}
