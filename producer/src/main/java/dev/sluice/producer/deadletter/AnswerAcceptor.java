package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.batch.dependency.DependentResolver;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLocks;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.BatchStatus;
import dev.sluice.producer.store.LockedBatches;
import dev.sluice.producer.store.TaskReplays;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Accepts the answer of a dead letter with the code {@code invalid_output}: the provider's last
 * reply becomes the result of the task. Its cost is already counted.
 */
@Component
class AnswerAcceptor {
  private final DeadLetterStore deadLetters;
  private final BatchQueries batches;
  private final BatchLocks locks;
  private final TaskReplays tasks;
  private final DependentResolver dependents;

  AnswerAcceptor(
      DeadLetterStore deadLetters,
      BatchQueries batches,
      BatchLocks locks,
      TaskReplays tasks,
      DependentResolver dependents) {
    this.deadLetters = deadLetters;
    this.batches = batches;
    this.locks = locks;
    this.tasks = tasks;
    this.dependents = dependents;
  }

  /**
   * Accepts the answer, in the transaction of the caller.
   *
   * @return the dead letter in its new state
   * @throws ApiException 409 if the dead letter has no stored answer, or if it, its task or its
   *     batch is in the wrong state
   */
  DeadLetter accept(AuditAction action, DeadLetter deadLetter) {
    UUID batch = deadLetter.task().batch();
    if (batch == null
        || !deadLetter.failure().code().equals(FailureCode.INVALID_OUTPUT.wireName())) {
      throw ApiException.conflict(
          "Dead letter %s has no answer to accept. Only a dead letter with the code invalid_output whose task belongs to a batch has one."
              .formatted(deadLetter.id()));
    }
    LockedBatches locked = locks.lock(List.of(batch));
    deadLetters.lockOpen(deadLetter.id());
    Payload reply =
        deadLetters
            .reply(deadLetter.id())
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "The answer of dead letter %s was too large to be kept. Replay the task."
                            .formatted(deadLetter.id())));
    BatchId id = new BatchId(batch);
    checkHasResults(deadLetter, id);
    complete(locked, id, deadLetter, reply);
    return deadLetters.resolve(deadLetter.id(), action);
  }

  private void checkHasResults(DeadLetter deadLetter, BatchId id) {
    BatchStatus status =
        batches
            .find(Objects.requireNonNull(deadLetter.task().project()), id)
            .map(Batch::status)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Batch %s of this dead letter is deleted, so its result cannot be stored."
                            .formatted(id)));
    if (status == BatchStatus.FINALIZING) {
      throw DeadLetterBusyException.finalizing(id);
    }
    if (status != BatchStatus.IN_PROGRESS
        && status != BatchStatus.COMPLETED
        && status != BatchStatus.EXPIRED) {
      throw ApiException.conflict(
          "Batch %s has the status '%s', so its results cannot change."
              .formatted(id, status.wireName()));
    }
  }

  private void complete(LockedBatches locked, BatchId batch, DeadLetter deadLetter, Payload reply) {
    UUID task = SqlValues.uuid(deadLetter.task().id()).orElseThrow();
    int run = deadLetter.task().run();
    if (tasks.lock(task).filter(current -> current.isUnfinishedIn(run)).isPresent()) {
      throw DeadLetterBusyException.unfinished(deadLetter.task().id());
    }
    if (!tasks.accept(locked, batch, task, run, reply)) {
      throw ApiException.conflict(
          "Task %s is deleted, or has been replayed since run %d, in which it failed."
              .formatted(deadLetter.task().id(), run));
    }
    dependents.resolve(locked, batch, dependents.reopen(locked, batch, List.of(task)));
  }
}
