package dev.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.client.task.LlmAnswer;
import dev.sluice.client.task.LlmRequest;
import dev.sluice.client.task.LlmTasks;
import dev.sluice.client.task.TaskFailedException;
import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.live.LiveQueues;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.testkit.broker.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

/** An application with the client, and a worker that this test plays, over RabbitMQ. */
class LlmTasksIT {
  private static final String ROUTE = "client-it";
  private static final String BODY = "{\"model\":\"gpt-4o-mini\",\"messages\":[]}";
  private static final CallStats STATS = CallStats.none(1, 0, "worker-1");
  private static final int RECEIVE_TIMEOUT_MILLIS = 60_000;

  private static final BlockingQueue<LiveMessage> RECEIVED = new LinkedBlockingQueue<>();

  private static @Nullable AnnotationConfigApplicationContext application;

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({RabbitAutoConfiguration.class, SluiceAutoConfiguration.class})
  static class Application {
    @Bean
    Declarables topology() {
      return SluiceTopology.declare(List.of(ROUTE));
    }

    @Bean
    Declarables workerQueue() {
      return LiveQueues.workerQueue();
    }

    /** One consumer for all tests: the broker deletes the queue with its last consumer. */
    @Bean
    SimpleMessageListenerContainer workerConsumer(
        ConnectionFactory connections, @Qualifier("workerQueue") Declarables workerQueue) {
      SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
      container.setQueues(workerQueue.getDeclarablesByType(Queue.class).getFirst());
      container.setMessageListener(message -> LiveCodec.read(message).ifPresent(RECEIVED::add));
      return container;
    }
  }

  @BeforeAll
  static void start() {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "this test", Map.of("spring.rabbitmq.addresses", TestBroker.amqpUrl())));
    context.register(Application.class);
    context.refresh();
    application = context;
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(application).close();
  }

  @Test
  void answerReachesItsSender() throws Exception {
    CompletableFuture<LlmAnswer> answer = tasks().enqueue(LlmRequest.chat(ROUTE, BODY));

    Message task = receive(QueueNames.tasks(ROUTE, Lane.BATCH));
    assertThat(new String(task.getBody(), StandardCharsets.UTF_8)).isEqualTo(BODY);
    reply(
        task,
        new LiveMessage.Reply(
            id(task), 200, Map.of("x-request-id", "req_1"), STATS, Payload.of("{\"ok\":true}")));

    LlmAnswer received = answer.get(RECEIVE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    assertThat(received.isOk()).isTrue();
    assertThat(received.body()).isEqualTo("{\"ok\":true}");
    assertThat(received.headers()).containsEntry("x-request-id", "req_1");
    assertThat(received.stats().worker()).isEqualTo("worker-1");
  }

  @Test
  void liveTaskIsClaimedBeforeItsCallAndNotAfterACancel() throws Exception {
    CompletableFuture<LlmAnswer> answer = tasks().enqueue(LlmRequest.chat(ROUTE, BODY).live());
    Message task = receive(QueueNames.tasks(ROUTE, Lane.LIVE));

    assertThat(claim(task)).isEqualTo(new LiveMessage.Proceed(id(task)));

    answer.cancel(true);
    // First the message to all workers, then the answer to the claim.
    assertThat(received()).isEqualTo(new LiveMessage.Cancelled(id(task)));
    assertThat(claim(task)).isEqualTo(new LiveMessage.Cancelled(id(task)));
  }

  @Test
  void failureCompletesTheFutureWithItsCode() {
    CompletableFuture<LlmAnswer> answer = tasks().enqueue(LlmRequest.chat(ROUTE, BODY));
    Message task = receive(QueueNames.tasks(ROUTE, Lane.BATCH));

    reply(
        task,
        new LiveMessage.Failed(
            id(task), new Failure("attempts_exhausted", "5 attempts failed"), STATS));

    assertThatThrownBy(() -> answer.get(RECEIVE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            TaskFailedException.class,
            failed -> assertThat(failed.code()).isEqualTo("attempts_exhausted"))
        .hasMessage("attempts_exhausted: 5 attempts failed");
  }

  @Test
  void timeoutCompletesTheFutureAndCancelsTheTask() throws Exception {
    CompletableFuture<LlmAnswer> answer =
        tasks().enqueue(LlmRequest.chat(ROUTE, BODY).withTimeout(Duration.ofMillis(50)));
    Message task = receive(QueueNames.tasks(ROUTE, Lane.BATCH));

    assertThatThrownBy(() -> answer.get(RECEIVE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(received()).isEqualTo(new LiveMessage.Cancelled(id(task)));
    assertThat(claim(task)).isEqualTo(new LiveMessage.Cancelled(id(task)));
  }

  @Test
  void unknownRouteIsRejectedAtOnce() {
    assertThatThrownBy(() -> tasks().enqueue(LlmRequest.chat("no-such-route", BODY)))
        .isInstanceOf(AmqpException.class)
        .hasMessageContaining("no-such-route");
  }

  /** Asks the sender whether it still waits, and returns its answer to this worker. */
  private static LiveMessage claim(Message task) throws InterruptedException {
    reply(task, new LiveMessage.Claim(id(task), "worker-1", workerQueue()));
    return received();
  }

  private static void reply(Message task, LiveMessage message) {
    template()
        .send(
            "",
            Objects.requireNonNull(task.getMessageProperties().getReplyTo()),
            LiveCodec.write(message));
  }

  /** The next message to the worker. */
  private static LiveMessage received() throws InterruptedException {
    return Objects.requireNonNull(
        RECEIVED.poll(RECEIVE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS), "no message to the worker");
  }

  private static Message receive(String queue) {
    return Objects.requireNonNull(template().receive(queue, RECEIVE_TIMEOUT_MILLIS), queue);
  }

  private static String id(Message task) {
    return Objects.requireNonNull(task.getMessageProperties().getMessageId());
  }

  private static String workerQueue() {
    return bean("workerQueue", Declarables.class)
        .getDeclarablesByType(Queue.class)
        .getFirst()
        .getName();
  }

  private static LlmTasks tasks() {
    return Objects.requireNonNull(application).getBean(LlmTasks.class);
  }

  private static RabbitTemplate template() {
    return bean("rabbitTemplate", RabbitTemplate.class);
  }

  private static <T> T bean(String name, Class<T> type) {
    return Objects.requireNonNull(application).getBean(name, type);
  }
}
