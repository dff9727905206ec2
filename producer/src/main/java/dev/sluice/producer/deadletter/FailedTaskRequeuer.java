package dev.sluice.producer.deadletter;

import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.BatchStatus;
import dev.sluice.producer.store.LockedBatches;
import dev.sluice.producer.store.SchedulingCost;
import dev.sluice.producer.store.TaskReplays;
import dev.sluice.producer.web.ApiException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Returns a failed task of a batch to queued, as its next run, in the transaction of the caller.
 */
@Component
class FailedTaskRequeuer {
  private final BatchQueries batches;
  private final TaskReplays tasks;
  private final Costs costs;
  private final Clock clock;

  FailedTaskRequeuer(BatchQueries batches, TaskReplays tasks, Costs costs, Clock clock) {
    this.batches = batches;
    this.tasks = tasks;
    this.costs = costs;
    this.clock = clock;
  }

  /**
   * Queues the task with the edited request.
   *
   * @throws ApiException 409 if the task or its batch is in the wrong state
   * @throws DeadLetterBusyException if the batch is finalizing, or the task's failure is not stored
   *     yet: dead letters and outcomes arrive in different queues
   */
  void requeue(
      LockedBatches locked,
      DeadLetter deadLetter,
      BatchId batchId,
      RequestEditor.EditedRequest edited) {
    Instant now = clock.instant();
    Batch batch =
        batches
            .find(Objects.requireNonNull(deadLetter.task().project()), batchId)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Batch %s of this dead letter is deleted, so its result cannot be stored."
                            .formatted(batchId)));
    Instant deadline = deadline(batch, now);
    UUID task = SqlValues.uuid(deadLetter.task().id()).orElseThrow();
    TaskReplays.CurrentTask current = lockFailedTask(task, deadLetter);
    tasks.queue(
        locked,
        batchId,
        new TaskReplays.NextRun(
            task,
            deadLetter.task().run() + 1,
            deadline,
            edited.route(),
            edited.summary().model(),
            edited.body(),
            SchedulingCost.of(edited.summary(), edited.body()).tokens(),
            current.answered()));
    costs.replay(
        new Costs.Key(batchId.uuid(), current.route(), current.model()),
        new Costs.Key(batchId.uuid(), edited.route(), edited.summary().model()));
  }

  /**
   * Returns the task's own deadline if the batch is finished; null to keep the batch's deadline.
   */
  private static @Nullable Instant deadline(Batch batch, Instant now) {
    BatchStatus status = batch.status();
    Batch.Times times = batch.times();
    if (status == BatchStatus.COMPLETED || status == BatchStatus.EXPIRED) {
      return now.plus(Duration.between(times.created(), times.expires()));
    }
    if (status == BatchStatus.IN_PROGRESS && now.isBefore(times.expires())) {
      return null;
    }
    if (status == BatchStatus.IN_PROGRESS || status == BatchStatus.FINALIZING) {
      throw DeadLetterBusyException.finalizing(batch.id());
    }
    throw ApiException.conflict(
        "Batch %s has the status '%s', so its tasks cannot be replayed."
            .formatted(batch.id(), status.wireName()));
  }

  /** Locks the task, and checks that it failed in this run. */
  private TaskReplays.CurrentTask lockFailedTask(UUID task, DeadLetter deadLetter) {
    TaskReplays.CurrentTask current =
        tasks
            .lock(task)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Task %s is deleted, so its result cannot be stored.".formatted(task)));
    if (current.isUnfinishedIn(deadLetter.task().run())) {
      throw DeadLetterBusyException.unfinished(deadLetter.task().id());
    }
    if (current.run() != deadLetter.task().run() || !current.failed()) {
      throw ApiException.conflict(
          "Task %s is %s in run %d, and this dead letter is of run %d. A replay needs a failed task and the dead letter of its last run."
              .formatted(task, current.apiState(), current.run(), deadLetter.task().run()));
    }
    return current;
  }
}
