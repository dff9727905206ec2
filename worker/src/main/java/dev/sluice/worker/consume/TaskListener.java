package dev.sluice.worker.consume;

import com.rabbitmq.client.Channel;
import dev.sluice.common.process.FatalErrors;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.live.LiveCallers;
import dev.sluice.worker.settle.Delivery;
import dev.sluice.worker.settle.OutcomeSettler;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.telemetry.trace.TaskSpan;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;

/** Consumes one message of a route's queue, and returns when it is settled. */
final class TaskListener implements ChannelAwareMessageListener {
  private static final Logger log = LoggerFactory.getLogger(TaskListener.class);

  private final RouteContext route;
  private final Lane lane;
  private final TaskRunner runner;
  private final LiveCallers liveCallers;
  private final OutcomeSettler settler;
  private final TaskDeduplicator deduplicator;
  private final Clock clock;

  TaskListener(
      RouteContext route,
      Lane lane,
      TaskRunner runner,
      LiveCallers liveCallers,
      OutcomeSettler settler,
      TaskDeduplicator deduplicator,
      Clock clock) {
    this.route = route;
    this.lane = lane;
    this.runner = runner;
    this.liveCallers = liveCallers;
    this.settler = settler;
    this.deduplicator = deduplicator;
    this.clock = clock;
  }

  @Override
  public void onMessage(Message message, @Nullable Channel channel) {
    onMessage(message, channel, this::process);
  }

  /**
   * Publishes a task to its queue again, unchanged, as after the wait for a permit. A rejection
   * would count towards the delivery limit.
   */
  void requeue(Message message, @Nullable Channel channel) {
    onMessage(
        message,
        channel,
        (task, redelivered, delivery) ->
            settler.settle(new Settlement.Requeue(task), delivery, LiveCaller.NONE));
  }

  private void onMessage(Message message, @Nullable Channel channel, TaskStep step) {
    Delivery delivery =
        new Delivery(
            Objects.requireNonNull(channel, "the container passes the channel"),
            message.getMessageProperties().getDeliveryTag());
    boolean redelivered = Boolean.TRUE.equals(message.getMessageProperties().isRedelivered());
    String name = route.settings().name();
    route.metrics().received(lane, redelivered);
    try {
      TaskReadResult readResult = TaskCodec.read(message, name, clock.instant());
      LogContext.set(readResult);
      switch (readResult) {
        case TaskReadResult.Task task -> step.run(task.message(), redelivered, delivery);
        case TaskReadResult.Malformed malformed -> {
          route.contentLog().logMalformed(malformed.body());
          settler.settle(route.policy().malformed(malformed), delivery, LiveCaller.NONE);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      delivery.reject();
    } catch (AmqpException | UncheckedIOException unreachable) {
      log.warn(
          "Requeueing a task of route {}: the broker is unavailable: {}",
          name,
          unreachable.toString());
      delivery.reject();
    } catch (RuntimeException | Error bug) {
      FatalErrors.endProcessIfFatal(bug);
      // An unsettled delivery would block this consumer. The broker's delivery limit stops the
      // retries.
      log.error("Cannot process a task of route {}; requeueing it", name, bug);
      delivery.reject();
    } finally {
      LogContext.clear();
    }
  }

  private void process(TaskMessage task, boolean redelivered, Delivery delivery)
      throws InterruptedException {
    switch (deduplicator.claim(task)) {
      case ACQUIRED -> {
        try (LiveCaller caller = liveCallers.of(task, delivery::canAcknowledge);
            TaskSpan span = route.tracing().startTask(task, redelivered)) {
          Settlement settlement =
              runner.run(new ReceivedTask(span.withTraceContext(task), caller, redelivered));
          settler.settle(settlement, delivery, caller);
          addToSpan(span, settlement);
          deduplicator.recordSettlement(task, settlement, clock.instant());
        } finally {
          deduplicator.release(task);
        }
      }
      case SETTLED -> settler.skipDuplicate(task, delivery);
      case RUNNING -> delivery.reject();
    }
  }

  private static void addToSpan(TaskSpan span, Settlement settlement) {
    span.settled(settlement.kind());
    switch (settlement) {
      case Settlement.DeadLetter deadLetter -> span.failed(deadLetter.code());
      case Settlement.Delay delay -> span.delayed(delay.task(), delay.duration());
      default -> {}
    }
  }

  private interface TaskStep {
    void run(TaskMessage task, boolean redelivered, Delivery delivery) throws InterruptedException;
  }
}
