package dev.sluice.worker.settle;

import dev.sluice.common.topology.DelayLevels;
import dev.sluice.common.topology.DelayPath;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.settle.Settlement.Discard;
import dev.sluice.worker.settle.Settlement.Finish;
import dev.sluice.worker.settle.Settlement.ReAsk;
import dev.sluice.worker.settle.Settlement.Reply;
import dev.sluice.worker.settle.Settlement.Requeue;
import dev.sluice.worker.telemetry.WorkerMetrics;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;

/**
 * Executes a settlement: publishes, waits for the broker's confirm, then acknowledges the delivery.
 * If the worker dies in between, the broker still has the task and redelivers it.
 */
public final class OutcomeSettler {
  private static final Logger log = LoggerFactory.getLogger(OutcomeSettler.class);

  private final ConfirmedPublisher publisher;
  private final WorkerMetrics metrics;

  public OutcomeSettler(ConfirmedPublisher publisher, WorkerMetrics metrics) {
    this.publisher = publisher;
    this.metrics = metrics;
  }

  /**
   * Executes the settlement, then acknowledges the delivery.
   *
   * @param caller the caller that waits for the task, or {@link LiveCaller#none}
   * @throws InterruptedException if the thread is interrupted before the broker confirms; the
   *     delivery is not acknowledged then
   */
  public void settle(Settlement settlement, Delivery delivery, LiveCaller caller)
      throws InterruptedException {
    long start = System.nanoTime();
    switch (settlement) {
      case Finish finish -> {
        publish(finish.outcome());
        if (finish.outcome().kind() == OutcomeKind.COMPLETED) {
          metrics.completed(finish.outcome().stats().attempts());
        }
      }
      case DeadLetter deadLetter -> {
        log.info(
            "Task {} is dead-lettered: {}", deadLetter.outcome().ids().taskId(), deadLetter.code());
        publish(deadLetter.outcome());
        metrics.deadLettered(deadLetter.code());
      }
      case Delay delay -> publish(delay);
      case Reply reply -> caller.reply(reply.liveReply());
      case Discard discard -> {}
      case ReAsk reAsk -> publishToQueue(reAsk.task());
      case Requeue requeue -> publishToQueue(requeue.task());
    }
    metrics.settled(settlement.kind());
    metrics.published(Duration.ofNanos(System.nanoTime() - start));
    delivery.acknowledge();
  }

  /** Acknowledges a copy of a settled task; publishes nothing. */
  public void skipDuplicate(TaskMessage copy, Delivery delivery) {
    log.info("Skipped a duplicate of task {}, which is already settled", copy.ids().taskId());
    metrics.settled("skip_duplicate");
    delivery.acknowledge();
  }

  private void publish(OutcomeMessage outcome) throws InterruptedException {
    Message message = OutcomeCodec.write(outcome);
    publisher.publish(Exchanges.OUTCOMES, outcome.routingKey(), message);
  }

  private void publishToQueue(TaskMessage task) throws InterruptedException {
    TaskIds ids = task.ids();
    publisher.publish(
        Exchanges.TASKS, QueueNames.taskKey(ids.route(), ids.lane()), TaskCodec.write(task));
  }

  private void publish(Delay delay) throws InterruptedException {
    TaskIds ids = delay.task().ids();
    DelayPath path = DelayLevels.path(ids.route(), ids.lane(), delay.duration());
    publisher.publish(path.exchange(), path.routingKey(), TaskCodec.write(delay.task()));
    metrics.delayed(delay.duration());
  }
}
