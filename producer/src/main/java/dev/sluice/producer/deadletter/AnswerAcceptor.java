package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Payload;
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
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Accepts the answer of a dead letter with the code {@code invalid_output}: the provider's last
 * reply becomes the result of the task. Its cost is already counted.
 */
@Component
class AnswerAcceptor {
  private final DeadLetters deadLetters;
  private final BatchQueries batches;
  private final BatchLocks locks;
  private final TaskReplays tasks;
  private final TransactionTemplate transaction;

  AnswerAcceptor(
      DeadLetters deadLetters,
      BatchQueries batches,
      BatchLocks locks,
      TaskReplays tasks,
      PlatformTransactionManager transactions) {
    this.deadLetters = deadLetters;
    this.batches = batches;
    this.locks = locks;
    this.tasks = tasks;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Accepts the answer.
   *
   * @throws ApiException 409 if the dead letter has no stored answer, or if it, its task or its
   *     batch is in the wrong state
   */
  void accept(DeadLetter deadLetter, AuditAction audit) {
    transaction.executeWithoutResult(status -> acceptInTransaction(deadLetter, audit));
  }

  private void acceptInTransaction(DeadLetter deadLetter, AuditAction audit) {
    UUID batch = deadLetter.batch();
    if (batch == null || !deadLetter.failureCode().equals(FailureCode.INVALID_OUTPUT.wireName())) {
      throw ApiException.conflict(
          "Dead letter %s has no answer to accept: only tasks of batches that failed as invalid_output have one."
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
    deadLetters.resolve(deadLetter.id(), AuditAction.Kind.ACCEPT, audit, null);
  }

  private void checkHasResults(DeadLetter deadLetter, BatchId id) {
    BatchStatus status =
        batches
            .find(Objects.requireNonNull(deadLetter.project()), id)
            .map(Batch::status)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Batch %s of this dead letter is deleted, so its result cannot be stored."
                            .formatted(id)));
    if (status == BatchStatus.FINALIZING) {
      throw ApiException.conflict(
          "Batch %s is finalizing. Try again in a few seconds.".formatted(id));
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
    UUID task = DeadLetters.uuid(deadLetter.taskId()).orElseThrow();
    if (!tasks.accept(locked, batch, task, deadLetter.run(), reply)) {
      throw ApiException.conflict(
          "Task %s is deleted, or has left the failed run %d of this dead letter."
              .formatted(deadLetter.taskId(), deadLetter.run()));
    }
  }
}
