package dev.sluice.producer.dispatch;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchTermination;
import dev.sluice.producer.store.RouteBacklogs;
import dev.sluice.producer.store.SubmittedTasks;
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
 * Removes the tasks of cancelled and paused batches from a route's queue.
 *
 * <p>A scan consumes the queue once, from its head to its tail at the start of the scan. A
 * cancelled task ends with an outcome, as at a worker. A paused task returns to the backlog. All
 * other tasks are published again at the tail, so that they keep their order. A delivery is
 * acknowledged only after the broker has confirmed the new message, or the database has committed
 * the task.
 */
@Component
class QueueWithdrawal {
  private static final Logger LOG = LoggerFactory.getLogger(QueueWithdrawal.class);
  private static final int MAX_PREFETCH = 100;

  /** The prefetched messages use at most this fraction of the heap. */
  private static final int HEAP_DIVISOR = 8;

  private static final Duration DELIVERY_TIMEOUT = Duration.ofMillis(200);

  /**
   * The dispatcher publishes nothing during a scan; the next scan continues where this one stops.
   */
  private static final long MAX_SCAN_NANOS = Duration.ofSeconds(2).toNanos();

  /** Headers that the broker adds. If they stay, RabbitMQ 3 treats a later delay as a cycle. */
  private static final Set<String> BROKER_HEADERS =
      Set.of("x-death", "x-delivery-count", "x-acquired-count");

  private final int prefetch =
      HeapLimit.fraction(HEAP_DIVISOR).items(TaskCodec.MAX_BODY_BYTES, MAX_PREFETCH);
  private final TaskPublisher publisher;
  private final Clock clock;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();

  QueueWithdrawal(TaskPublisher publisher, Clock clock) {
    this.publisher = publisher;
    this.clock = clock;
  }

  /**
   * Scans the route's queue once.
   *
   * @param suspended the batches whose tasks are removed
   * @param requeue returns these tasks to the backlog, and commits
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  ScanResult withdraw(
      String route,
      Map<UUID, RouteBacklogs.Suspension> suspended,
      Consumer<List<SubmittedTasks.TaskRun>> requeue) {
    AtomicReference<ScanResult> result = new AtomicReference<>(ScanResult.EMPTY_QUEUE);
    publisher.onOwnChannel(
        channel -> result.set(new QueueScan(channel, route, suspended, requeue).run()));
    ScanResult scan = result.get();
    if (scan.hasRemoved()) {
      LOG.atInfo()
          .addKeyValue("route", route)
          .log(
              "Route {}: removed {} tasks of cancelled batches and {} of paused batches from the queue",
              route,
              scan.cancelled(),
              scan.paused());
    }
    return scan;
  }

  /**
   * The number of tasks that a scan removed.
   *
   * @param complete whether the scan reached the end of the queue
   * @param sameOrder whether the queue has the same tasks in the same order as before
   */
  record ScanResult(int cancelled, int paused, boolean complete, boolean sameOrder) {
    static final ScanResult EMPTY_QUEUE = new ScanResult(0, 0, true, true);

    boolean hasRemoved() {
      return cancelled > 0 || paused > 0;
    }
  }

  /** One scan on its own channel. At its close the broker requeues unacknowledged deliveries. */
  private final class QueueScan {
    private final Channel channel;
    private final String route;
    private final String queue;
    private final Map<UUID, RouteBacklogs.Suspension> suspended;
    private final Consumer<List<SubmittedTasks.TaskRun>> requeue;
    private final BlockingQueue<Delivery> delivered = new LinkedBlockingQueue<>();
    private final AtomicBoolean returned = new AtomicBoolean();
    private int cancelledTasks;
    private int pausedTasks;

    QueueScan(
        Channel channel,
        String route,
        Map<UUID, RouteBacklogs.Suspension> suspended,
        Consumer<List<SubmittedTasks.TaskRun>> requeue) {
      this.channel = channel;
      this.route = route;
      this.queue = QueueNames.tasks(route, Lane.BATCH);
      this.suspended = suspended;
      this.requeue = requeue;
    }

    /**
     * Uses a consumer, because one command acknowledges many of its deliveries. {@code basic.get}
     * needs one command per message, and a quorum queue loses buffered acknowledgements at a close.
     */
    ScanResult run() throws IOException {
      long start = System.nanoTime();
      int remaining = channel.queueDeclarePassive(queue).getMessageCount();
      if (remaining == 0) {
        return ScanResult.EMPTY_QUEUE;
      }
      channel.confirmSelect();
      channel.addReturnListener(back -> returned.set(true));
      channel.basicQos(Math.min(remaining, prefetch));
      String tag =
          channel.basicConsume(
              queue,
              /* autoAck= */ false,
              (consumerTag, delivery) -> delivered.add(delivery),
              consumerTag -> {});
      boolean more = true;
      boolean complete = true;
      boolean settled = true;
      while (more) {
        List<Delivery> deliveries = next(Math.min(remaining, prefetch));
        remaining -= deliveries.size();
        complete = remaining <= 0 || deliveries.size() < prefetch;
        more = !complete && System.nanoTime() - start < MAX_SCAN_NANOS;
        if (!more) {
          channel.basicCancel(tag); // else the next acknowledgement delivers republished tasks
        }
        settled = settle(deliveries);
        more &= settled;
        LoopWatch.progress();
      }
      boolean sameOrder = settled && remaining <= 0 && cancelledTasks == 0 && pausedTasks == 0;
      return new ScanResult(cancelledTasks, pausedTasks, complete, sameOrder);
    }

    private List<Delivery> next(int limit) {
      List<Delivery> deliveries = new ArrayList<>();
      try {
        while (deliveries.size() < limit) {
          Delivery delivery = delivered.poll(DELIVERY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
          if (delivery == null) {
            return deliveries; // the workers consumed the others
          }
          deliveries.add(delivery);
        }
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
      return deliveries;
    }

    private boolean settle(List<Delivery> deliveries) throws IOException {
      List<SubmittedTasks.TaskRun> paused = new ArrayList<>();
      List<TaskMessage> cancelled = new ArrayList<>();
      List<Delivery> others = new ArrayList<>();
      for (Delivery delivery : deliveries) {
        Optional<TaskMessage> task = task(delivery, route);
        RouteBacklogs.@Nullable Suspension reason =
            task.flatMap(QueueWithdrawal::batch)
                .map(batch -> suspended.get(batch.uuid()))
                .orElse(null);
        if (task.isEmpty() || reason == null) {
          others.add(delivery);
        } else if (reason == RouteBacklogs.Suspension.CANCELLED) {
          cancelled.add(task.get());
        } else {
          TaskIds ids = task.get().ids();
          paused.add(new SubmittedTasks.TaskRun(UUID.fromString(ids.taskId()), ids.run()));
        }
      }
      if (!paused.isEmpty()) {
        requeue.accept(paused);
      }
      for (TaskMessage task : cancelled) {
        cancel(channel, task);
      }
      for (Delivery other : others) {
        AMQP.BasicProperties basic = withoutBrokerHeaders(other.getProperties());
        channel.basicPublish("", queue, /* mandatory= */ true, basic, other.getBody());
      }
      if (deliveries.isEmpty() || !publisher.allConfirmed(channel) || returned.get()) {
        return false;
      }
      channel.basicAck(deliveries.getLast().getEnvelope().getDeliveryTag(), /* multiple= */ true);
      cancelledTasks += cancelled.size();
      pausedTasks += paused.size();
      return true;
    }
  }

  private void cancel(Channel channel, TaskMessage task) throws IOException {
    CallStats stats =
        CallStats.none(
            task.attempt() - 1, task.throttles(), BatchTermination.WORKER_NAME, task.history());
    publisher.publish(OutcomeMessage.cancelled(task.ids(), stats, task.body()), channel);
  }

  private Optional<TaskMessage> task(Delivery delivery, String route) {
    Message message =
        new Message(
            delivery.getBody(),
            properties.toMessageProperties(
                delivery.getProperties(), delivery.getEnvelope(), StandardCharsets.UTF_8.name()));
    return TaskCodec.read(message, route, clock.instant()) instanceof TaskReadResult.Task task
        ? Optional.of(task.message())
        : Optional.empty();
  }

  /** The task's batch; empty for a task that an external publisher sent. */
  private static Optional<BatchId> batch(TaskMessage task) {
    return Optional.ofNullable(task.ids().batchId()).flatMap(BatchId::parse);
  }

  private static AMQP.BasicProperties withoutBrokerHeaders(AMQP.BasicProperties properties) {
    if (properties.getHeaders() == null) {
      return properties;
    }
    Map<String, Object> headers = new HashMap<>(properties.getHeaders());
    headers
        .keySet()
        .removeIf(
            name ->
                BROKER_HEADERS.contains(name)
                    || name.startsWith("x-first-death-")
                    || name.startsWith("x-last-death-"));
    return properties.builder().headers(headers).build();
  }
}
