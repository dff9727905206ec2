package dev.sluice.producer.deadletter;

import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLocks;
import dev.sluice.producer.store.LockedBatches;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Replays the tasks of batches; the dispatcher of its route publishes a replayed task. */
@Component
class DeadLetterReplayer {
  private final DeadLetterStore deadLetters;
  private final RequestEditor editor;
  private final BatchLocks locks;
  private final FailedTaskRequeuer requeuer;
  private final ApplicationEventPublisher events;

  DeadLetterReplayer(
      DeadLetterStore deadLetters,
      RequestEditor editor,
      BatchLocks locks,
      FailedTaskRequeuer requeuer,
      ApplicationEventPublisher events) {
    this.deadLetters = deadLetters;
    this.editor = editor;
    this.locks = locks;
    this.requeuer = requeuer;
    this.events = events;
  }

  /**
   * Replays a dead letter whose task has a batch.
   *
   * @param inTransaction runs the change in a transaction, together with those of the caller
   * @return the result of {@code inTransaction}
   * @throws ApiException 400 if the edited request is invalid, 409 if the dead letter, its task or
   *     its batch is in the wrong state
   */
  <T> T replay(
      AuditAction action, DeadLetter deadLetter, Function<Supplier<DeadLetter>, T> inTransaction) {
    BatchId batch = new BatchId(Objects.requireNonNull(deadLetter.task().batch()));
    T result = inTransaction.apply(() -> replay(action, deadLetter, batch));
    events.publishEvent(new BatchStarted(batch));
    return result;
  }

  private DeadLetter replay(AuditAction action, DeadLetter deadLetter, BatchId batch) {
    LockedBatches locked = locks.lock(List.of(batch.uuid()));
    deadLetters.lockOpen(deadLetter.id());
    requeuer.requeue(
        locked,
        deadLetter,
        batch,
        editor.edit(
            action.edit(), deadLetters.request(deadLetter.id()), deadLetter.request().route()));
    return deadLetters.resolve(deadLetter.id(), action);
  }
}
