package dev.sluice.client.task;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.live.LiveQueues;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.RabbitUtils;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;
import org.springframework.context.SmartLifecycle;

/**
 * Sends single requests to Sluice over AMQP, and receives the replies on a queue of this process. A
 * worker queries this process before it calls the provider, so no call is made for a cancelled
 * future or an ended process.
 */
public final class LlmTasks implements SmartLifecycle {
  private static final long RECOVERY_INTERVAL_MILLIS = 1000;

  private final Map<String, CompletableFuture<LlmAnswer>> pending = new ConcurrentHashMap<>();
  private final Clock clock = Clock.systemUTC();

  /** Separate from the consumer: the broker may block a connection that publishes. */
  private final ConnectionFactory publishers;

  private final RabbitTemplate template;
  private final SimpleMessageListenerContainer container;
  private final String queue;
  private final Duration confirmTimeout;

  /**
   * @param connectionFactory the connection to the broker
   * @param replyQueue the queue of {@link LiveQueues#replyQueue}; an {@code AmqpAdmin} declares it
   * @param confirmTimeout maximum wait for the broker's confirm of a task
   */
  public LlmTasks(
      ConnectionFactory connectionFactory, Declarables replyQueue, Duration confirmTimeout) {
    this.confirmTimeout = confirmTimeout;
    this.publishers =
        Objects.requireNonNullElse(
            connectionFactory.getPublisherConnectionFactory(), connectionFactory);
    this.template = new RabbitTemplate(publishers);
    Queue own = replyQueue.getDeclarablesByType(Queue.class).getFirst();
    this.queue = own.getName();
    this.container = new SimpleMessageListenerContainer(connectionFactory);
    container.setQueues(own);
    container.setAcknowledgeMode(AcknowledgeMode.NONE);
    container.setMissingQueuesFatal(false);
    container.setRecoveryInterval(RECOVERY_INTERVAL_MILLIS);
    container.setMessageListener(this::onMessage);
    container.afterPropertiesSet();
  }

  /**
   * Publishes a request to its route's queue. Returns when the broker has confirmed it.
   *
   * @return a future of the provider's response; completes with {@link TaskFailedException} if
   *     there is none, and with {@link TimeoutException} after the request's timeout
   * @throws AmqpException if the broker is unavailable, or has no such route
   */
  public CompletableFuture<LlmAnswer> enqueue(LlmRequest request) {
    String id = UUID.randomUUID().toString();
    Instant now = clock.instant();
    TaskIds ids =
        new TaskIds(id, null, request.endpoint(), request.route(), request.lane(), id, null);
    TaskMessage task =
        TaskMessage.first(ids, now, now.plus(request.timeout()), Payload.of(request.body()))
            .withReplyTo(queue, 0);
    CompletableFuture<LlmAnswer> answer =
        new CompletableFuture<LlmAnswer>()
            .orTimeout(request.timeout().toMillis(), TimeUnit.MILLISECONDS);
    pending.put(id, answer);
    CompletableFuture<LlmAnswer> unused =
        answer.whenComplete((result, failure) -> onCompletion(id, failure));
    try {
      publish(task);
    } catch (AmqpException failed) {
      pending.remove(id);
      throw failed;
    }
    return answer;
  }

  private void onCompletion(String id, @Nullable Throwable failure) {
    pending.remove(id);
    if (failure != null && !(failure instanceof TaskFailedException)) {
      send(Exchanges.FLEET, LiveQueues.CANCELLED, new LiveMessage.Cancelled(id));
    }
  }

  private void onMessage(Message message) {
    LiveCodec.read(message).ifPresent(this::onMessage);
  }

  private void onMessage(LiveMessage message) {
    CompletableFuture<LlmAnswer> future = pending.get(message.taskId());
    switch (message) {
      case LiveMessage.Claim claim ->
          send(
              "",
              claim.replyTo(),
              future == null
                  ? new LiveMessage.Cancelled(claim.taskId())
                  : new LiveMessage.Proceed(claim.taskId()));
      case LiveMessage.Reply reply when future != null ->
          future.complete(
              new LlmAnswer(reply.status(), reply.headers(), reply.body().text(), reply.stats()));
      case LiveMessage.Failed failed when future != null ->
          future.completeExceptionally(new TaskFailedException(failed.failure()));
      default -> {} // stream messages, which are never requested, or replies to ended futures
    }
  }

  private void send(String exchange, String key, LiveMessage message) {
    try {
      template.send(exchange, key, LiveCodec.write(message));
    } catch (AmqpException unavailable) {
      // No retry: workers repeat presence queries.
    }
  }

  private void publish(TaskMessage task) {
    Connection connection = publishers.createConnection();
    Channel channel = connection.createChannel(false);
    RabbitUtils.setPhysicalCloseRequired(channel, true);
    AtomicBoolean returned = new AtomicBoolean();
    try {
      channel.confirmSelect();
      channel.addReturnListener(returnedMessage -> returned.set(true));
      Message message = TaskCodec.write(task);
      channel.basicPublish(
          Exchanges.TASKS,
          QueueNames.taskKey(task.ids().route(), task.ids().lane()),
          true,
          new DefaultMessagePropertiesConverter()
              .fromMessageProperties(message.getMessageProperties(), StandardCharsets.UTF_8.name()),
          message.getBody());
      boolean confirmed = channel.waitForConfirms(confirmTimeout.toMillis());
      if (returned.get()) {
        throw new AmqpException(
            "Route %s does not exist: the broker has no queue for it. Check the route name."
                .formatted(task.ids().route()));
      }
      if (!confirmed) {
        throw new AmqpException("The broker rejected the task (nack). Retry later.");
      }
    } catch (IOException | TimeoutException | ShutdownSignalException failed) {
      throw RabbitExceptionTranslator.convertRabbitAccessException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AmqpException("interrupted before the broker confirmed the task", interrupted);
    } finally {
      RabbitUtils.closeChannel(channel);
      RabbitUtils.closeConnection(connection);
    }
  }

  @Override
  public void start() {
    container.start();
  }

  @Override
  public void stop() {
    container.stop();
  }

  @Override
  public boolean isRunning() {
    return container.isRunning();
  }
}
