package dev.sluice.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.wire.CallRecord;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.testkit.broker.TestBroker;
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

/**
 * Messages that no worker can process become dead letters with a reason; the consumer continues.
 */
class PoisonIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String ROUTE = "poison-it";
  private static final String ROUTE_WITHOUT_WORKER = "poison-it-no-worker";
  private static final int DELIVERY_LIMIT = 20;
  private static final int TWENTY_MEGABYTES = 20_000_000;

  private static @Nullable ScriptedProvider provider;
  private static @Nullable CachingConnectionFactory connections;
  private static @Nullable ConfigurableApplicationContext worker;

  @BeforeAll
  static void start() throws IOException {
    provider = new ScriptedProvider();
    connections = new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    worker = worker();
    declare(ROUTE_WITHOUT_WORKER);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(worker).close();
    Objects.requireNonNull(connections).destroy();
    Objects.requireNonNull(provider).close();
  }

  @AfterEach
  void consumerProcessesNextTask() {
    String id = UUID.randomUUID().toString();
    send(json(id), task(id));

    await().atMost(TIMEOUT).until(() -> !provider().received(json(id)).isEmpty());
  }

  @Test
  void messageWithoutHeadersBecomesDeadLetter() {
    send("garbage", new MessageProperties());

    OutcomeMessage dead = deadLetter(outcome -> outcome.body().text().equals("garbage"));

    assertThat(Objects.requireNonNull(dead.failure()).code()).isEqualTo("malformed_task");
    assertThat(dead.failure().detail()).isEqualTo("message_id is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/xml", "application/x-protobuf", "multipart/form-data"})
  void messageWithOtherContentTypeBecomesDeadLetterWithoutCall(String contentType) {
    String id = "of-type-" + contentType;
    MessageProperties properties = task(id);
    properties.setContentType(contentType);
    send(json(id), properties);

    assertThat(reason(id)).isEqualTo("content_type '" + contentType + "' is not application/json");
    assertThat(provider().received(json(id))).isEmpty();
  }

  @Test
  void messageOf20MegabytesBecomesDeadLetter() {
    send("x".repeat(TWENTY_MEGABYTES), task("huge"));

    assertThat(reason("huge"))
        .isEqualTo(
            "the body has 20000000 bytes, more than the limit of " + TaskCodec.MAX_BODY_BYTES);
  }

  @Test
  void taskWithForeignDeathHeadersIsDelayedAndCompleted() {
    MessageProperties properties = task("foreign");
    properties.setHeader(
        "x-death",
        List.of(
            Map.of(
                "queue", "sluice.delay.1.1", "reason", "expired", "count", 1L, "exchange", "a")));
    properties.setHeader("x-first-death-reason", "expired");
    provider().script(json("foreign"), Answer.rateLimit("1"), Answer.ok());
    send(json("foreign"), properties);

    OutcomeMessage outcome = outcome(QueueNames.RESULTS, message -> hasId(message, "foreign"));

    assertThat(outcome.stats().statusCode()).isEqualTo(200);
    assertThat(outcome.stats().history().calls())
        .extracting(CallRecord::code)
        .containsExactly("throttled", "completed");
    assertThat(outcome.stats().history().calls().getFirst().retryAfterMillis()).isEqualTo(1000);
  }

  @Test
  void taskThatKillsEveryWorkerReachesDeliveryLimitDespiteInvalidHeaders() {
    MessageProperties properties = task("killer");
    properties.setHeader("sluice-attempt", "many");
    template()
        .send(
            Exchanges.TASKS, ROUTE_WITHOUT_WORKER, new Message(bytes(json("killer")), properties));

    for (int delivery = 0; delivery <= DELIVERY_LIMIT; delivery++) {
      receiveAndAbort();
    }

    OutcomeMessage dead =
        outcome(QueueNames.deadLetters(ROUTE_WITHOUT_WORKER), message -> hasId(message, "killer"));
    assertThat(Objects.requireNonNull(dead.failure()).code()).isEqualTo("delivery_limit");
    assertThat(dead.failure().detail()).contains("(delivery_limit)");
    assertThat(dead.body().text()).isEqualTo(json("killer"));
  }

  /** Receives the task on a new connection and aborts it, like a killed process. */
  private static void receiveAndAbort() {
    CachingConnectionFactory connection =
        new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    try {
      new RabbitTemplate(connection)
          .execute(
              channel -> {
                String queue = QueueNames.tasks(ROUTE_WITHOUT_WORKER, Lane.BATCH);
                await().atMost(TIMEOUT).until(() -> channel.basicGet(queue, false) != null);
                channel.getConnection().abort();
                return true;
              });
    } finally {
      connection.destroy();
    }
  }

  private static String reason(String id) {
    OutcomeMessage dead = deadLetter(outcome -> hasId(outcome, id));
    assertThat(Objects.requireNonNull(dead.failure()).code()).isEqualTo("malformed_task");
    return dead.failure().detail();
  }

  private static OutcomeMessage deadLetter(Predicate<OutcomeMessage> condition) {
    return outcome(QueueNames.deadLetters(ROUTE), condition);
  }

  private static OutcomeMessage outcome(String queue, Predicate<OutcomeMessage> condition) {
    return await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              Message message = template().receive(queue);
              return message == null ? null : OutcomeCodec.read(message);
            },
            outcome -> outcome != null && condition.test(outcome));
  }

  private static boolean hasId(OutcomeMessage outcome, String id) {
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
