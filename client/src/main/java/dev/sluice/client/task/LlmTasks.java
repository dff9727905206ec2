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
 * Puts single requests into Sluice over AMQP, and hears their answers on a queue of this process
 * alone. A worker asks before it calls the provider: a future that was cancelled, or a process that
 * has ended, costs no call.
 */
public final class LlmTasks implements SmartLifecycle {
  private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(15);
  private static final long RECONNECT_MILLIS = 1000;

  private final Map<String, CompletableFuture<LlmAnswer>> pending = new ConcurrentHashMap<>();
  private final Clock clock = Clock.systemUTC();
  private final ConnectionFactory brokers;
  private final RabbitTemplate template;
  private final SimpleMessageListenerContainer container;
  private final String queue;

  /**
   * @param answers the queue of {@link LiveQueues#replyQueue}, which an admin declares
   */
  public LlmTasks(ConnectionFactory brokers, Declarables answers) {
    this.brokers = brokers;
    this.template = new RabbitTemplate(brokers);
    Queue own = answers.getDeclarablesByType(Queue.class).getFirst();
    this.queue = own.getName();
    this.container = new SimpleMessageListenerContainer(brokers);
    container.setQueues(own);
    container.setAcknowledgeMode(AcknowledgeMode.NONE);
    container.setMissingQueuesFatal(false);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setMessageListener(this::hear);
    container.afterPropertiesSet();
  }

  /**
   * Puts a request into its route's queue. Returns when the broker has it.
   *
   * @return the provider's answer; ends with a {@link TaskFailedException} where there is none, and
   *     with a {@link TimeoutException} when its time is over
   * @throws AmqpException where the broker is away, or has no such route
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
        answer.whenComplete((done, failure) -> ended(id, failure));
    try {
      publish(task);
    } catch (AmqpException failed) {
      pending.remove(id);
      throw failed;
    }
    return answer;
  }

  private void ended(String id, @Nullable Throwable failure) {
    pending.remove(id);
    if (failure != null && !(failure instanceof TaskFailedException)) {
      say(Exchanges.FLEET, LiveQueues.CANCELLED, new LiveMessage.Cancelled(id));
    }
  }

  private void hear(Message message) {
    LiveCodec.read(message).ifPresent(this::hear);
  }

  private void hear(LiveMessage word) {
    CompletableFuture<LlmAnswer> waiting = pending.get(word.taskId());
    switch (word) {
      case LiveMessage.Claim claim ->
          say(
              "",
              claim.replyTo(),
              waiting == null
                  ? new LiveMessage.Cancelled(claim.taskId())
                  : new LiveMessage.Proceed(claim.taskId()));
      case LiveMessage.Reply whole when waiting != null ->
          waiting.complete(
              new LlmAnswer(whole.status(), whole.headers(), whole.body().text(), whole.stats()));
      case LiveMessage.Failed failed when waiting != null ->
          waiting.completeExceptionally(new TaskFailedException(failed.failure()));
      default -> {} // of a stream, which is not asked for, or of a task whose sender has gone
    }
  }

  private void say(String exchange, String key, LiveMessage word) {
    try {
      template.send(exchange, key, LiveCodec.write(word));
    } catch (AmqpException away) {
      // who does not hear it asks again, or finds nobody
    }
  }

  private void publish(TaskMessage task) {
    Connection connection = brokers.createConnection();
    Channel channel = connection.createChannel(false);
    RabbitUtils.setPhysicalCloseRequired(channel, true);
    AtomicBoolean returned = new AtomicBoolean();
    try {
      channel.confirmSelect();
      channel.addReturnListener(back -> returned.set(true));
      Message message = TaskCodec.write(task);
      channel.basicPublish(
          Exchanges.TASKS,
          QueueNames.taskKey(task.ids().route(), task.ids().lane()),
          true,
          new DefaultMessagePropertiesConverter()
              .fromMessageProperties(message.getMessageProperties(), StandardCharsets.UTF_8.name()),
          message.getBody());
      boolean confirmed = channel.waitForConfirms(CONFIRM_WITHIN.toMillis());
      if (returned.get()) {
        throw new AmqpException("There is no route " + task.ids().route() + ": no queue takes it.");
      }
      if (!confirmed) {
        throw new AmqpException("The broker refused the task.");
      }
    } catch (IOException | TimeoutException | ShutdownSignalException failed) {
      throw RabbitExceptionTranslator.convertRabbitAccessException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AmqpException("interrupted before the broker confirmed", stopped);
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
