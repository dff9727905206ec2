package dev.sluice.worker.consume;

import com.rabbitmq.client.Channel;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.live.LiveCallers;
import dev.sluice.worker.settle.Delivery;
import dev.sluice.worker.settle.OutcomeSettler;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.RouteTraces;
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

/** Takes one message of a route's queue, and does not return before it is settled. */
final class TaskListener implements ChannelAwareMessageListener {
  private static final Logger log = LoggerFactory.getLogger(TaskListener.class);

  private final String route;
  private final Lane lane;
  private final TaskRunner runner;
  private final LiveCallers liveCallers;
  private final SettlementPolicy policy;
  private final OutcomeSettler settler;
  private final TaskDeduplicator memory;
  private final WorkerMetrics metrics;
  private final RouteTraces traces;
  private final ContentLog content;
  private final Clock clock;

  TaskListener(
      String route,
      Lane lane,
      TaskRunner runner,
      LiveCallers liveCallers,
      SettlementPolicy policy,
      OutcomeSettler settler,
      TaskDeduplicator memory,
      WorkerMetrics metrics,
      RouteTraces traces,
      ContentLog content,
      Clock clock) {
    this.route = route;
    this.lane = lane;
    this.runner = runner;
    this.liveCallers = liveCallers;
    this.policy = policy;
    this.settler = settler;
    this.memory = memory;
    this.metrics = metrics;
    this.traces = traces;
    this.content = content;
    this.clock = clock;
  }

  @Override
  public void onMessage(Message message, @Nullable Channel channel) {
    Delivery delivery =
        new Delivery(
            Objects.requireNonNull(channel, "the container passes it"),
            message.getMessageProperties().getDeliveryTag());
    boolean again = Boolean.TRUE.equals(message.getMessageProperties().isRedelivered());
    metrics.received(lane, again);
    try {
      TaskReadResult reading = TaskCodec.read(message, route, clock.instant());
      LogContext.enter(reading);
      switch (reading) {
        case TaskReadResult.Task task -> work(task.message(), again, delivery);
        case TaskReadResult.Malformed malformed -> {
          content.malformed(malformed.body());
          settler.carryOut(policy.malformed(malformed), delivery, LiveCaller.NOBODY);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      delivery.reject();
    } catch (AmqpException | UncheckedIOException away) {
      log.warn("A task of route {} goes back, the broker is away: {}", route, away.toString());
      delivery.reject();
    } catch (RuntimeException bug) {
      // Unsettled, it would hold this consumer for ever. The broker's delivery limit ends the loop.
      log.error("A task of route {} could not be worked on and goes back", route, bug);
      delivery.reject();
    } finally {
      LogContext.leave();
    }
  }

  private void work(TaskMessage task, boolean again, Delivery delivery)
      throws InterruptedException {
    switch (memory.claim(task)) {
      case ACQUIRED -> {
        try (LiveCaller caller = liveCallers.of(task, delivery::isHeld);
            TaskSpan span = traces.taken(task, again)) {
          Settlement settlement = runner.run(span.mark(task), caller, again);
          settler.carryOut(settlement, delivery, caller);
          span.settled(settlement);
          memory.settled(task, settlement, clock.instant());
        } finally {
          memory.release(task);
        }
      }
      case SETTLED -> settler.passOver(task, delivery);
      case RUNNING -> delivery.reject();
    }
  }
}
