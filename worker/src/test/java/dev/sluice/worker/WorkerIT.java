package dev.sluice.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.AnswerRules;
import dev.sluice.common.wire.CallRecord;
import dev.sluice.common.wire.CheckResult;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.testkit.broker.TestBroker;
import dev.sluice.worker.ScriptedProvider.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

class WorkerIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String ROUTE = "worker-it";
  private static final Map<String, OutcomeMessage> outcomes = new ConcurrentHashMap<>();

  private static @Nullable ScriptedProvider provider;
  private static @Nullable CachingConnectionFactory connections;
  private static @Nullable ConfigurableApplicationContext worker;

  @BeforeAll
  static void start() throws IOException {
    provider = new ScriptedProvider();
    connections = new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    worker =
        worker(
            ROUTE,
            4,
            "--sluice.routes[0].context.max-tokens=2000",
            "--sluice.routes[0].context.overflow=trim");
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(worker).close();
    Objects.requireNonNull(connections).destroy();
    Objects.requireNonNull(provider).close();
  }

  @Test
  void taskOfPlainAmqpClientIsCalledOnceAndCompletes() {
    String body = publish("plain");

    OutcomeMessage outcome = outcomeOf("plain");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.body()).isEqualTo(Payload.of(ScriptedProvider.OK));
    assertThat(outcome.stats().statusCode()).isEqualTo(200);
    assertThat(outcome.stats().requestId()).isEqualTo("req_1");
    assertThat(outcome.stats().promptTokens()).isEqualTo(3);
    assertThat(outcome.stats().completionTokens()).isEqualTo(2);
    assertThat(outcome.stats().worker()).isEqualTo("worker-under-test");
    assertThat(provider().received(body)).hasSize(1);
  }

  @Test
  void throttledTaskWaitsForRetryAfterWithoutAnAttempt() {
    String body = body("throttled");
    provider().script(body, Answer.rateLimit("1"), Answer.rateLimit("1"), Answer.ok());
    publish("throttled");

    OutcomeMessage outcome = outcomeOf("throttled");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.stats().attempts()).isEqualTo(1);
    assertThat(outcome.stats().throttles()).isEqualTo(2);
    Instant first = provider().received(body).get(0).at();
    Instant second = provider().received(body).get(1).at();
    assertThat(Duration.between(first, second)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void taskWaitsForServerThatLoadsItsModel() {
    String body = body("loading");
    Answer loading = Answer.of(503, "{\"error\":{\"code\":503,\"message\":\"Loading model\"}}");
    Answer rateLimit = Answer.of(200, "{\"error\":{\"code\":429,\"message\":\"Rate limit\"}}");
    provider().script(body, loading, loading, loading, loading, rateLimit, Answer.ok());
    publish("loading");

    OutcomeMessage outcome = outcomeOf("loading");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.stats().attempts()).isEqualTo(1);
    assertThat(outcome.stats().throttles()).isEqualTo(1);
  }

  @Test
  void failedAttemptIsRetriedAfterDelay() {
    String body = body("flaky");
    provider().script(body, Answer.of(500, "{}"), Answer.of(200, "{\"half\":"), Answer.ok());
    publish("flaky");

    OutcomeMessage outcome = outcomeOf("flaky");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.stats().attempts()).isEqualTo(3);
    assertThat(provider().received(body)).hasSize(3);
  }

  @Test
  void exhaustedTaskIsPublishedAsResultAndDeadLetter() {
    String body = body("exhausted");
    String error = "{\"error\":{\"message\":\"overloaded\"}}";
    provider().script(body, Answer.of(503, error), Answer.of(503, error), Answer.of(503, error));
    publish("exhausted");

    OutcomeMessage result = outcomeOf("exhausted");
    OutcomeMessage dead = deadLetterOf("exhausted");

    assertThat(dead).isEqualTo(result);
    assertThat(dead.kind()).isEqualTo(OutcomeKind.FAILED);
    assertThat(dead.failure()).isNotNull();
    assertThat(dead.failure().code()).isEqualTo("attempts_exhausted");
    assertThat(dead.failure().detail()).isEqualTo(error);
    assertThat(dead.body()).isEqualTo(Payload.of(body));
    assertThat(provider().received(body)).hasSize(3);
  }

  @Test
  void rejectedTaskBecomesDeadLetterAfterOneCall() {
    String body = body("rejected");
    provider().script(body, Answer.of(400, "{\"error\":{\"code\":\"context_length_exceeded\"}}"));
    publish("rejected");

    OutcomeMessage dead = deadLetterOf("rejected");

    assertThat(dead.failure()).isNotNull();
    assertThat(dead.failure().code()).isEqualTo("context_length_exceeded");
    assertThat(provider().received(body)).hasSize(1);
  }

  @Test
  void promptAboveContextLimitBecomesDeadLetterWithoutCall() {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}".formatted("word ".repeat(2000));
    publish("too-long", body);

    OutcomeMessage dead = deadLetterOf("too-long");

    assertThat(dead.failure()).isNotNull();
    assertThat(dead.failure().code()).isEqualTo("context_length_exceeded");
    assertThat(dead.stats().attempts()).isZero();
    assertThat(dead.body()).isEqualTo(Payload.of(body));
    assertThat(provider().received(body)).isEmpty();
  }

  @Test
  void conversationAboveContextLimitIsSentWithoutOldestTurn() {
    String oldTurn = "{\"role\":\"user\",\"content\":\"%s\"},".formatted("word ".repeat(2000));
    String lastTurn = "{\"role\":\"user\",\"content\":\"trimmed\"}]}";
    String answer = "{\"role\":\"assistant\",\"content\":\"a\"},";
    publish("trimmed", "{\"messages\":[" + oldTurn + answer + lastTurn);

    assertThat(outcomeOf("trimmed").kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(provider().received("{\"messages\":[" + lastTurn)).hasSize(1);
  }

  @Test
  void malformedMessageBecomesDeadLetterAndConsumerContinues() {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("garbage");
    properties.setHeader("sluice-attempt", "many");
    template().send(Exchanges.TASKS, ROUTE, new Message("garbage".getBytes(UTF_8), properties));
    publish("after-garbage");

    OutcomeMessage dead = deadLetterOf("garbage");

    assertThat(dead.failure()).isNotNull();
    assertThat(dead.failure().code()).isEqualTo("malformed_task");
    assertThat(dead.failure().detail()).isEqualTo("sluice-attempt 'many' is not a whole number");
    assertThat(dead.body()).isEqualTo(Payload.of("garbage"));
    assertThat(outcomeOf("after-garbage").kind()).isEqualTo(OutcomeKind.COMPLETED);
  }

  @Test
  void copyIsNotCalledAgainButReplayIs() {
    String body = publish("twice");
    outcomeOf("twice");
    publish("twice");
    publish("after-the-copy");
    outcomeOf("after-the-copy");
    TaskIds replay = ids("twice", ROUTE).nextRun();

    assertThat(provider().received(body)).hasSize(1);
    template()
        .send(
            Exchanges.TASKS,
            ROUTE,
            TaskCodec.write(TaskMessage.first(replay, Instant.now(), null, Payload.of(body))));
    await().atMost(TIMEOUT).until(() -> provider().received(body).size() == 2);
  }

  @Test
  void expiredTaskIsNotCalled() {
    TaskMessage task =
        TaskMessage.first(
            ids("expired", ROUTE),
            Instant.now(),
            Instant.now().minusSeconds(1),
            Payload.of(body("expired")));
    template().send(Exchanges.TASKS, ROUTE, TaskCodec.write(task));

    assertThat(outcomeOf("expired").kind()).isEqualTo(OutcomeKind.EXPIRED);
    assertThat(provider().received(body("expired"))).isEmpty();
  }

  @Test
  void taskInLiveLaneIsProcessed() {
    TaskIds ids = new TaskIds("live", null, "/v1/chat/completions", ROUTE, Lane.LIVE, "live", null);
    template()
        .send(
            Exchanges.TASKS,
            QueueNames.taskKey(ROUTE, Lane.LIVE),
            TaskCodec.write(TaskMessage.first(ids, Instant.now(), null, Payload.of(body("live")))));

    assertThat(outcomeOf("live").ids()).isEqualTo(ids);
  }

  @Test
  void shutdownFinishesCallInFlightAndRequeuesWaitingTasks() throws Exception {
    String route = "worker-it-stop";
    CountDownLatch callStarted = new CountDownLatch(1);
    CountDownLatch releaseReply = new CountDownLatch(1);
    String inFlight = body("in-flight");
    provider()
        .script(
            inFlight,
            Answer.ok()
                .after(
                    () -> {
                      callStarted.countDown();
                      awaitLatch(releaseReply);
                    }));
    ConfigurableApplicationContext shuttingDown =
        worker(route, 3, "--sluice.routes[0].limits.requests-per-minute=1");
    template().send(Exchanges.TASKS, route, TaskCodec.write(task("in-flight", route)));
    awaitLatch(callStarted);
    template().send(Exchanges.TASKS, route, TaskCodec.write(task("waiting-1", route)));
    template().send(Exchanges.TASKS, route, TaskCodec.write(task("waiting-2", route)));
    await().atMost(TIMEOUT).until(() -> readyMessages(route) == 0);

    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> shutdown = executor.submit(shuttingDown::close);
      await().atMost(TIMEOUT).until(() -> readyMessages(route) == 2);
      assertThat(shutdown.isDone()).isFalse();
      releaseReply.countDown();
      shutdown.get();
    }

    assertThat(outcomeOf("in-flight").kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(provider().received(inFlight)).hasSize(1);
    assertThat(provider().received(body("waiting-1"))).isEmpty();
    assertThat(readyMessages(route)).isEqualTo(2);
  }

  @Test
  void taskWaitingForPermitIsCancelledWithItsBatch() {
    String route = "worker-it-suspend";
    try (ConfigurableApplicationContext slow =
        worker(route, 2, "--sluice.routes[0].limits.requests-per-minute=1")) {
      template().send(Exchanges.TASKS, route, TaskCodec.write(task("takes-the-permit", route)));
      outcomeOf("takes-the-permit");
      template()
          .send(
              Exchanges.TASKS, route, TaskCodec.write(task("cancelled", route, "batch_cancelled")));
      await().atMost(TIMEOUT).until(() -> readyMessages(route) == 0);

      suspend(
          new SuspensionMessage(route, 5_000, List.of("batch_cancelled"), List.of(), List.of()));

      assertThat(outcomeOf("cancelled").kind()).isEqualTo(OutcomeKind.CANCELLED);
      assertThat(provider().received(body("cancelled"))).isEmpty();
      assertThat(slow.isActive()).isTrue();
    }
  }

  @Test
  void answerThatDoesNotFitIsAskedAgainWithItsErrors() {
    String body = body("re-asked");
    String errors = "answer: string found, object expected";
    String reAsk = reAsk("re-asked", "\\\"five\\\"", errors);
    provider().script(body, answer("\\\"five\\\""));
    provider().script(reAsk, Answer.of(503, "{}"), answer("{}"));
    publishChecked("re-asked");

    OutcomeMessage outcome = outcomeOf("re-asked");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.check()).isEqualTo(CheckResult.fits(2));
    assertThat(outcome.body()).isEqualTo(Payload.of(answer("{}").body()));
    assertThat(outcome.stats().attempts()).as("only the 503 counts").isEqualTo(2);
    assertThat(outcome.stats().promptTokens()).isEqualTo(6);
    assertThat(outcome.stats().history().calls())
        .extracting(CallRecord::code)
        .containsExactly("invalid_output", "unavailable", "completed");
    assertThat(provider().received(body)).hasSize(1);
    assertThat(provider().received(reAsk)).hasSize(2);
  }

  @Test
  void answerThatStillDoesNotFitIsDeadLettered() {
    provider().script(body("invalid"), answer("5"));
    String errors = "answer: integer found, object expected";
    provider().script(reAsk("invalid", "5", errors), answer("[]"));
    publishChecked("invalid");

    OutcomeMessage dead = deadLetterOf("invalid");

    assertThat(dead.failure())
        .isEqualTo(new Failure(FailureCode.INVALID_OUTPUT, "answer: array found, object expected"));
    assertThat(dead.check()).isEqualTo(CheckResult.invalid(2, Payload.of(answer("[]").body())));
    assertThat(dead.body()).isEqualTo(Payload.of(body("invalid")));
    assertThat(dead.stats().attempts()).isEqualTo(1);
    assertThat(outcomeOf("invalid")).isEqualTo(dead);
  }

  private static void publishChecked(String id) {
    TaskMessage task =
        task(id, ROUTE)
            .withAnswerRules(new AnswerRules(false, AnswerCheck.of("{\"type\":\"object\"}", 1)));
    template().send(Exchanges.TASKS, ROUTE, TaskCodec.write(task));
  }

  /** The text is a JSON string without its quotes. */
  private static Answer answer(String text) {
    return Answer.of(
        200,
        "{\"choices\":[{\"message\":{\"content\":\"%s\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"
            .formatted(text));
  }

  private static String reAsk(String id, String text, String errors) {
    String messages =
        "{\"role\":\"assistant\",\"content\":\"%s\"},{\"role\":\"user\",\"content\":\"Your answer does not fit the required JSON schema:\\n%s\\n\\nAnswer again, only with the corrected JSON.\"}"
            .formatted(text, errors);
    return body(id).replace("\"messages\":[]", "\"messages\":[" + messages + "]");
  }

  @Test
  void taskOfPausedBatchIsCalledAfterResume() {
    SuspensionMessage suspension =
        new SuspensionMessage(ROUTE, 30_000, List.of("batch_check"), List.of("batch_p"), List.of());
    AtomicInteger checks = new AtomicInteger();
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              suspend(suspension);
              String checkId = "check-" + checks.incrementAndGet();
              template()
                  .send(
                      Exchanges.TASKS, ROUTE, TaskCodec.write(task(checkId, ROUTE, "batch_check")));
              return outcomeOf(checkId).kind() == OutcomeKind.CANCELLED;
            });
    template().send(Exchanges.TASKS, ROUTE, TaskCodec.write(task("paused", ROUTE, "batch_p")));
    await()
        .during(Duration.ofSeconds(1))
        .atMost(TIMEOUT)
        .until(() -> readyMessages(ROUTE) == 0 && provider().received(body("paused")).isEmpty());

    suspend(new SuspensionMessage(ROUTE, 5_000, List.of(), List.of(), List.of()));

    assertThat(outcomeOf("paused").kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcomeOf("paused").stats().attempts()).isEqualTo(1);
    assertThat(provider().received(body("paused"))).hasSize(1);
  }

  @Test
  void workerServesOnlyConfiguredRoutes() {
    try (ConfigurableApplicationContext worker =
        worker(
            "not-served",
            2,
            "--sluice.routes[1].name=served",
            "--sluice.routes[1].models=served-*",
            "--sluice.routes[1].provider.url=" + provider().url(),
            "--sluice.worker.routes=served")) {
      AmqpAdmin broker = worker.getBean(AmqpAdmin.class);

      await()
          .atMost(TIMEOUT)
          .until(
              () -> {
                QueueInformation queue = broker.getQueueInfo("sluice.tasks.served");
                return queue != null && queue.getConsumerCount() == 8;
              });
      assertThat(broker.getQueueInfo("sluice.tasks.not-served")).isNull();
    }
  }

  private static void suspend(SuspensionMessage suspension) {
    template().send(Exchanges.FLEET, FleetTopics.SUSPENSION, FleetCodec.write(suspension));
  }

  private static ConfigurableApplicationContext worker(
      String route, int concurrency, String... more) {
    String[] arguments = {
      "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
      "--server.port=0",
      "--sluice.worker.name=worker-under-test",
      "--sluice.routes[0].name=" + route,
      "--sluice.routes[0].provider.url=" + provider().url(),
      "--sluice.routes[0].concurrency=" + concurrency,
      "--sluice.routes[0].max-attempts=3",
      "--sluice.routes[0].backoff.base=250ms",
    };
    String[] all = new String[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return new SpringApplicationBuilder(WorkerApplication.class).run(all);
  }

  private static String publish(String id) {
    template().send(Exchanges.TASKS, ROUTE, TaskCodec.write(task(id, ROUTE)));
    return body(id);
  }

  private static void publish(String id, String body) {
    TaskMessage task = TaskMessage.first(ids(id, ROUTE), Instant.now(), null, Payload.of(body));
    template().send(Exchanges.TASKS, ROUTE, TaskCodec.write(task));
  }

  private static TaskMessage task(String id, String route) {
    return TaskMessage.first(ids(id, route), Instant.now(), null, Payload.of(body(id)));
  }

  private static TaskMessage task(String id, String route, String batch) {
    TaskIds ids =
        new TaskIds(
            id, batch, "/v1/chat/completions", route, Lane.BATCH, id, /* traceparent= */ null);
    return TaskMessage.first(ids, Instant.now(), null, Payload.of(body(id)));
  }

  private static TaskIds ids(String id, String route) {
    return new TaskIds(id, null, "/v1/chat/completions", route, Lane.BATCH, id, null);
  }

  private static String body(String id) {
    return "{\"model\":\"m\",\"messages\":[],\"user\":\"" + id + "\"}";
  }

  private static OutcomeMessage outcomeOf(String id) {
    return fromQueue(QueueNames.RESULTS, id);
  }

  private static OutcomeMessage deadLetterOf(String id) {
    return fromQueue(QueueNames.deadLetters(ROUTE), id);
  }

  private static OutcomeMessage fromQueue(String queue, String id) {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              Message message;
              while ((message = template().receive(queue)) != null) {
                OutcomeMessage outcome = OutcomeCodec.read(message);
                outcomes.put(queue + outcome.ids().taskId(), outcome);
              }
              return outcomes.containsKey(queue + id);
            });
    return Objects.requireNonNull(outcomes.get(queue + id));
  }

  private static int readyMessages(String route) {
    Long count =
        template().execute(channel -> channel.messageCount(QueueNames.tasks(route, Lane.BATCH)));
    return Math.toIntExact(Objects.requireNonNull(count));
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static RabbitTemplate template() {
    return new RabbitTemplate(Objects.requireNonNull(connections));
  }

  private static ScriptedProvider provider() {
    return Objects.requireNonNull(provider);
  }
}
