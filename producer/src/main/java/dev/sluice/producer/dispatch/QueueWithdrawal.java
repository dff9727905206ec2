package dev.sluice.producer.dispatch;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.loop.LoopWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;
import org.springframework.stereotype.Component;

/**
 * Takes back out of a route's queue what is not to be called any more: the tasks of batches that
 * were cancelled or paused.
 *
 * <p>The queue is walked once, from its head to what was its tail. A cancelled task ends as a
 * worker would end it, with an outcome; a paused one goes back into PostgreSQL; any other is
 * published again behind the rest, so that their order stays. Nothing is acknowledged before the
 * broker has confirmed, or the database committed, what takes its place.
 */
@Component
class QueueWithdrawal {
  private static final Logger LOG = LoggerFactory.getLogger(QueueWithdrawal.class);
  private static final int AT_ONCE = 100;
  private static final Duration PATIENCE = Duration.ofMillis(200);

  /** The walk runs in the feed's transaction; another one goes on where this one stops. */
  private static final long MAX_NANOS = Duration.ofSeconds(2).toNanos();

  /** The broker's own marks: with them, RabbitMQ 3 takes a later delay for a cycle. */
  private static final Set<String> MARKS =
      Set.of("x-death", "x-delivery-count", "x-acquired-count");

  private final TaskPublisher publisher;
  private final Clock clock;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();

  QueueWithdrawal(TaskPublisher publisher, Clock clock) {
    this.publisher = publisher;
    this.clock = clock;
  }

  /**
   * Walks through the route's queue.
   *
   * @param halted the batches whose tasks are taken out
   * @param paused takes the ids of tasks that have to wait in PostgreSQL again, and commits
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  Walked recall(String route, Map<UUID, Backlog.Suspension> halted, Consumer<List<UUID>> paused) {
    AtomicReference<Walked> walked = new AtomicReference<>(new Walked(0, 0, true));
    publisher.onOwnChannel(
        channel -> walked.set(new QueueScan(channel, route, halted, paused).go()));
    Walked done = walked.get();
    if (done.found()) {
      LOG.atInfo()
          .addKeyValue("route", route)
          .log(
              "Route {}: took {} tasks of cancelled batches and {} of paused ones out of the queue",
              route,
              done.cancelled(),
              done.paused());
    }
    return done;
  }

  /**
   * What a walk took out.
   *
   * @param whole whether it reached the end of the queue
   */
  record Walked(int cancelled, int paused, boolean whole) {
    boolean found() {
      return cancelled > 0 || paused > 0;
    }
  }

  /** One walk, on a channel that is closed after it: what is not acknowledged goes back then. */
  private final class QueueScan {
    private final Channel channel;
    private final String route;
    private final String queue;
    private final Map<UUID, Backlog.Suspension> halted;
    private final Consumer<List<UUID>> paused;
    private final BlockingQueue<Delivery> delivered = new LinkedBlockingQueue<>();
    private final AtomicBoolean returned = new AtomicBoolean();
    private int cancelledTasks;
    private int pausedTasks;

    QueueScan(
        Channel channel,
        String route,
        Map<UUID, Backlog.Suspension> halted,
        Consumer<List<UUID>> paused) {
      this.channel = channel;
      this.route = route;
      this.queue = QueueNames.tasks(route, Lane.BATCH);
      this.halted = halted;
      this.paused = paused;
    }

    /**
     * By a consumer, because its deliveries are acknowledged with one command. Those of basic.get
     * take one each, and a quorum queue's client loses what it has buffered of them at a close.
     */
    Walked go() throws IOException {
      long began = System.nanoTime();
      int left = channel.queueDeclarePassive(queue).getMessageCount();
      if (left == 0) {
        return new Walked(0, 0, true);
      }
      channel.confirmSelect();
      channel.addReturnListener(back -> returned.set(true));
      channel.basicQos(Math.min(left, AT_ONCE));
      String tag =
          channel.basicConsume(
              queue, /* autoAck= */ false, (consumer, one) -> delivered.add(one), consumer -> {});
      boolean more = true;
      boolean whole = true;
      while (more) {
        List<Delivery> some = next(Math.min(left, AT_ONCE));
        left -= some.size();
        whole = left <= 0 || some.size() < AT_ONCE;
        more = !whole && System.nanoTime() - began < MAX_NANOS;
        if (!more) {
          channel.basicCancel(tag); // else an acknowledgement would bring what was published anew
        }
        more &= settle(some);
        LoopWatch.progress();
      }
      return new Walked(cancelledTasks, pausedTasks, whole);
    }

    private List<Delivery> next(int most) {
      List<Delivery> some = new ArrayList<>();
      try {
        while (some.size() < most) {
          Delivery one = delivered.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
          if (one == null) {
            return some; // workers took the rest
          }
          some.add(one);
        }
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
      return some;
    }

    private boolean settle(List<Delivery> some) throws IOException {
      List<UUID> back = new ArrayList<>();
      List<TaskMessage> cancelled = new ArrayList<>();
      List<Delivery> others = new ArrayList<>();
      for (Delivery one : some) {
        Optional<TaskMessage> task = task(one, route);
        Backlog.@Nullable Suspension suspension =
            task.flatMap(QueueWithdrawal::batch)
                .map(batch -> halted.get(batch.uuid()))
                .orElse(null);
        if (task.isEmpty() || suspension == null) {
          others.add(one);
        } else if (suspension == Backlog.Suspension.CANCELLED) {
          cancelled.add(task.get());
        } else {
          back.add(UUID.fromString(task.get().ids().taskId()));
        }
      }
      if (!back.isEmpty()) {
        paused.accept(back);
      }
      for (TaskMessage task : cancelled) {
        cancel(channel, task);
      }
      for (Delivery other : others) {
        AMQP.BasicProperties basic = unmarked(other.getProperties());
        channel.basicPublish("", queue, /* mandatory= */ true, basic, other.getBody());
      }
      if (some.isEmpty() || !TaskPublisher.confirmed(channel) || returned.get()) {
        return false;
      }
      channel.basicAck(some.getLast().getEnvelope().getDeliveryTag(), /* multiple= */ true);
      cancelledTasks += cancelled.size();
      pausedTasks += back.size();
      return true;
    }
  }

  private void cancel(Channel channel, TaskMessage task) throws IOException {
    CallStats facts =
        CallStats.none(
            task.attempt() - 1,
            task.throttles(),
            Batches.PendingTermination.SIGNATURE,
            task.history());
    publisher.publish(OutcomeMessage.cancelled(task.ids(), facts, task.body()), channel);
  }

  private Optional<TaskMessage> task(Delivery one, String route) {
    Message message =
        new Message(
            one.getBody(),
            properties.toMessageProperties(
                one.getProperties(), one.getEnvelope(), StandardCharsets.UTF_8.name()));
    return TaskCodec.read(message, route, clock.instant()) instanceof TaskReadResult.Task task
        ? Optional.of(task.message())
        : Optional.empty();
  }

  /** Whose task it is; a task of somebody else has no batch of ours, nor an id of ours. */
  private static Optional<BatchId> batch(TaskMessage task) {
    return Optional.ofNullable(task.ids().batchId()).flatMap(BatchId::parse);
  }

  private static AMQP.BasicProperties unmarked(AMQP.BasicProperties properties) {
    if (properties.getHeaders() == null) {
      return properties;
    }
    Map<String, Object> headers = new HashMap<>(properties.getHeaders());
    headers
        .keySet()
        .removeIf(
            name ->
                MARKS.contains(name)
                    || name.startsWith("x-first-death-")
                    || name.startsWith("x-last-death-"));
    return properties.builder().headers(headers).build();
  }
}
