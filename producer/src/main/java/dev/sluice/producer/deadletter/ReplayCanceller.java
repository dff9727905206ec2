package dev.sluice.producer.deadletter;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.TaskCancellationMessage;
import dev.sluice.common.fleet.TaskCancellationMessage.CancelledRun;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.producer.dispatch.TaskPublisher;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.TaskReplays;
import dev.sluice.producer.web.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/**
 * Cancels the replay of a dead letter: the task finishes as cancelled, by an outcome as from a
 * worker. The workers do not call it any more; a call in flight finishes, and its outcome is
 * ignored.
 */
@Component
class ReplayCanceller {
  /** Longer than the delays of a task that is retried. */
  private static final Duration VALIDITY = Duration.ofHours(1);

  /**
   * Differs from the name in outcomes of terminated batches, which are valid for some states only.
   */
  private static final String WORKER_NAME = "replay-canceller";

  private final DeadLetterStore deadLetters;
  private final TaskPublisher publisher;
  private final TaskReplays tasks;
  private final RabbitTemplate template;

  ReplayCanceller(
      DeadLetterStore deadLetters,
      TaskPublisher publisher,
      TaskReplays tasks,
      ConnectionFactory connectionFactory) {
    this.deadLetters = deadLetters;
    this.publisher = publisher;
    this.tasks = tasks;
    this.template = new RabbitTemplate(connectionFactory); // neither mandatory nor confirmed
    this.template.setUsePublisherConnection(true); // an alarm must not block the consumers
  }

  /**
   * Cancels the replay, outside of a transaction. The result of a task without a batch is not
   * stored here, so its state is unknown: only the workers receive the cancellation.
   *
   * @throws ApiException 409 if the replay has finished
   * @throws DeadLetterBusyException if the broker did not confirm the outcome
   */
  void cancel(DeadLetter deadLetter) {
    UUID batch = deadLetter.task().batch();
    TaskReplays.Replay replay =
        batch == null
            ? new TaskReplays.Replay(deadLetter.request().route(), deadLetter.task().run() + 1)
            : unfinishedReplay(deadLetter);
    template.send(
        Exchanges.FLEET,
        FleetTopics.TASK_CANCELLATION,
        FleetCodec.write(
            new TaskCancellationMessage(
                VALIDITY.toMillis(),
                List.of(new CancelledRun(deadLetter.task().id(), replay.run())))));
    if (batch != null) {
      publishOutcome(deadLetter, new BatchId(batch), replay);
    }
  }

  private TaskReplays.Replay unfinishedReplay(DeadLetter deadLetter) {
    return tasks
        .unfinished(
            SqlValues.uuid(deadLetter.task().id()).orElseThrow(),
            deadLetter.task().id(),
            deadLetter.task().run())
        .orElseThrow(
            () ->
                ApiException.conflict(
                    "The replay of dead letter %s has finished.".formatted(deadLetter.id())));
  }

  private void publishOutcome(DeadLetter deadLetter, BatchId batch, TaskReplays.Replay replay) {
    TaskIds ids =
        new TaskIds(
            deadLetter.task().id(),
            batch.toString(),
            deadLetter.request().endpoint(),
            replay.route(),
            Lane.BATCH,
            deadLetter.task().customId(),
            null,
            replay.run());
    OutcomeMessage outcome =
        new OutcomeMessage(
            ids,
            OutcomeKind.CANCELLED,
            new Failure(FailureCode.CANCELLED, "The replay was cancelled."),
            CallStats.none(0, 0, WORKER_NAME),
            /* cutOff= */ false,
            deadLetters.request(deadLetter.id()));
    if (!publisher.publishOutcomes(List.of(outcome)).confirmed().contains(deadLetter.task().id())) {
      throw new DeadLetterBusyException(
          "The broker did not confirm the cancellation. Try again in a few seconds.");
    }
  }
}
