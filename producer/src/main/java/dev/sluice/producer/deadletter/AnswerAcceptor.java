package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Accepts the answer of a dead letter with the code {@code invalid_output}: the provider's last
 * reply becomes the result of the task. Its cost is already counted. The lock order is that of
 * {@link DeadLetterReplayer}.
 */
@Component
class AnswerAcceptor {
  private final DeadLetters deadLetters;
  private final Batches batches;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  AnswerAcceptor(
      DeadLetters deadLetters,
      Batches batches,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    this.deadLetters = deadLetters;
    this.batches = batches;
    this.jdbc = jdbc;
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
    batches.lock(List.of(batch));
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
    complete(deadLetter, reply);
    batches.accept(id);
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

  private void complete(DeadLetter deadLetter, Payload reply) {
    int completed =
        jdbc.sql(
                """
                update tasks set state = 'completed', reply = :reply, failure_code = null,
                  failure_detail = null, accepted = true,
                  finished_at = finished_at -- gives the result the next number
                where id = :task and run = :run and state = 'failed'\
                """)
            .param("reply", reply.bytes())
            .param("task", DeadLetters.uuid(deadLetter.taskId()).orElseThrow())
            .param("run", deadLetter.run())
            .update();
    if (completed == 0) {
      throw ApiException.conflict(
          "Task %s is deleted, or has left the failed run %d of this dead letter."
              .formatted(deadLetter.taskId(), deadLetter.run()));
    }
  }
}
