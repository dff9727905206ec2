package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.batch.validate.SchedulingCost;
import dev.sluice.producer.dispatch.TaskPublisher;
import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLocks;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.BatchStatus;
import dev.sluice.producer.store.LockedBatches;
import dev.sluice.producer.store.TaskReplays;
import dev.sluice.producer.web.ApiException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Replays and discards dead letters, and cancels replays; each change and its audit entry share one
 * transaction. What is published for it is published before, outside of the transaction.
 *
 * <p>A replayed task of a batch goes from failed back to queued with its run incremented, and the
 * feed of its route publishes it. A task without a batch is published directly.
 */
@Component
class DeadLetterReplayer {
  private static final String DEFAULT_ENDPOINT = "/v1/chat/completions";

  private final DeadLetters deadLetters;
  private final RequestEditor editor;
  private final BatchQueries batches;
  private final BatchLocks locks;
  private final TaskReplays tasks;
  private final Costs costs;
  private final TaskPublisher publisher;
  private final ReplayCanceller canceller;
  private final ApplicationEventPublisher events;
  private final Leases leases;
  private final Clock clock;
  private final TransactionTemplate transaction;

  DeadLetterReplayer(
      DeadLetters deadLetters,
      RequestEditor editor,
      BatchQueries batches,
      BatchLocks locks,
      TaskReplays tasks,
      Costs costs,
      TaskPublisher publisher,
      ReplayCanceller canceller,
      ApplicationEventPublisher events,
      Leases leases,
      Clock clock,
      PlatformTransactionManager transactions) {
    this.deadLetters = deadLetters;
    this.editor = editor;
    this.batches = batches;
    this.locks = locks;
    this.tasks = tasks;
    this.costs = costs;
    this.publisher = publisher;
    this.canceller = canceller;
    this.events = events;
    this.leases = leases;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Replays a dead letter.
   *
   * @throws ApiException 400 if the edited request is invalid, 409 if the dead letter, its task or
   *     its batch is in the wrong state
   */
  void replay(DeadLetter deadLetter, RequestEdit edit, AuditAction audit) {
    orConflict(() -> replay(deadLetter, edit, audit, this::inTransaction));
  }

  /**
   * Replays a dead letter.
   *
   * @param transaction runs the changes in a transaction, together with those of the caller
   * @return the result of {@code transaction}
   * @throws ApiException as above
   * @throws DeadLetterBusyException if it cannot be replayed now
   */
  <T> T replay(
      DeadLetter deadLetter,
      RequestEdit edit,
      AuditAction audit,
      Function<Runnable, T> transaction) {
    UUID batch = deadLetter.batch();
    if (batch == null) {
      return withLease(
          deadLetter,
          () -> {
            deadLetters.requireOpen(deadLetter.id());
            publish(deadLetter, edited(deadLetter, edit));
            return transaction.apply(() -> recordReplay(deadLetter, edit, audit));
          });
    }
    T result = transaction.apply(() -> recordReplay(deadLetter, edit, audit));
    events.publishEvent(new BatchStarted(new BatchId(batch)));
    return result;
  }

  /**
   * Discards a dead letter. If it is replayed, cancels the replay.
   *
   * @throws ApiException 409 if it is already discarded, or if its replay has ended
   */
  void discard(DeadLetter deadLetter, AuditAction audit) {
    orConflict(() -> discard(deadLetter, audit, this::inTransaction));
  }

  /**
   * Discards a dead letter. If it is replayed, cancels the replay.
   *
   * @param transaction runs the changes in a transaction, together with those of the caller
   * @return the result of {@code transaction}
   * @throws ApiException as above
   * @throws DeadLetterBusyException if it cannot be discarded now
   */
  <T> T discard(DeadLetter deadLetter, AuditAction audit, Function<Runnable, T> transaction) {
    return withLease(
        deadLetter,
        () -> {
          if (deadLetters.state(deadLetter.id()) == DeadLetter.State.REPLAYED) {
            canceller.cancel(deadLetter);
            return transaction.apply(() -> recordDiscard(deadLetter, audit));
          }
          return transaction.apply(
              () -> {
                deadLetters.lockOpen(deadLetter.id());
                recordDiscard(deadLetter, audit);
              });
        });
  }

  private void recordDiscard(DeadLetter deadLetter, AuditAction audit) {
    deadLetters.resolve(deadLetter.id(), AuditAction.Kind.DISCARD, audit, null);
  }

  private static void orConflict(Runnable work) {
    try {
      work.run();
    } catch (DeadLetterBusyException busy) {
      throw ApiException.conflict(String.valueOf(busy.getMessage()));
    }
  }

  private boolean inTransaction(Runnable changes) {
    transaction.executeWithoutResult(status -> changes.run());
    return true;
  }

  /** The broker is called outside of the transaction, so its locks do not prevent a second call. */
  private <T> T withLease(DeadLetter deadLetter, Supplier<T> work) {
    return leases
        .tryWith("dead letter " + deadLetter.id(), work)
        .orElseThrow(
            () ->
                new DeadLetterBusyException(
                    "Dead letter %s is being replayed or discarded by another request. Try again in a few seconds."
                        .formatted(deadLetter.id())));
  }

  private void recordReplay(DeadLetter deadLetter, RequestEdit edit, AuditAction audit) {
    UUID batch = deadLetter.batch();
    if (batch == null) {
      deadLetters.lockOpen(deadLetter.id());
    } else {
      LockedBatches locked = locks.lock(List.of(batch));
      deadLetters.lockOpen(deadLetter.id());
      requeue(locked, deadLetter, new BatchId(batch), edited(deadLetter, edit));
    }
    deadLetters.resolve(deadLetter.id(), AuditAction.Kind.REPLAY, audit, edit.summary());
  }

  private RequestEditor.EditedRequest edited(DeadLetter deadLetter, RequestEdit edit) {
    return editor.edit(edit, deadLetters.request(deadLetter.id()), deadLetter.route());
  }

  private void requeue(
      LockedBatches locked,
      DeadLetter deadLetter,
      BatchId batchId,
      RequestEditor.EditedRequest edited) {
    Instant now = clock.instant();
    Batch batch =
        batches
            .find(Objects.requireNonNull(deadLetter.project()), batchId)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Batch %s of this dead letter is deleted, so its result cannot be stored."
                            .formatted(batchId)));
    Instant deadline = deadline(batch, now);
    UUID task = DeadLetters.uuid(deadLetter.taskId()).orElseThrow();
    Costs.Key before = lockFailedTask(task, deadLetter, batchId);
    tasks.queue(
        locked,
        batchId,
        new TaskReplays.NextRun(
            task,
            deadLetter.run() + 1,
            deadline,
            edited.route(),
            edited.summary().model(),
            edited.body(),
            SchedulingCost.of(edited.summary(), edited.body()).tokens()));
    costs.replay(before, new Costs.Key(batchId.uuid(), edited.route(), edited.summary().model()));
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
    throw ApiException.conflict(
        status == BatchStatus.IN_PROGRESS || status == BatchStatus.FINALIZING
            ? "Batch %s is finalizing. Try again in a few seconds.".formatted(batch.id())
            : "Batch %s has the status '%s', so its tasks cannot be replayed."
                .formatted(batch.id(), status.wireName()));
  }

  /** Locks the task, checks that it failed in this run, and returns the key of its cost. */
  private Costs.Key lockFailedTask(UUID task, DeadLetter deadLetter, BatchId batch) {
    TaskReplays.CurrentTask current =
        tasks
            .lock(task)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Task %s is deleted, so its result cannot be stored.".formatted(task)));
    if (current.run() != deadLetter.run() || !current.state().equals("failed")) {
      throw ApiException.conflict(
          "Task %s is %s in run %d; this dead letter belongs to run %d."
              .formatted(task, current.state(), current.run(), deadLetter.run()));
    }
    return new Costs.Key(batch.uuid(), current.route(), current.model());
  }

  private void publish(DeadLetter deadLetter, RequestEditor.EditedRequest edited) {
    TaskIds ids =
        new TaskIds(
            deadLetter.taskId(),
            deadLetter.correlationId(),
            deadLetter.endpoint().startsWith("/v1/") ? deadLetter.endpoint() : DEFAULT_ENDPOINT,
            edited.route(),
            Lane.fromWire(deadLetter.lane()).orElse(Lane.BATCH),
            deadLetter.customId(),
            null,
            deadLetter.run() + 1);
    TaskMessage task = TaskMessage.first(ids, clock.instant(), null, edited.body());
    if (!publisher.publish(List.of(task)).confirmed().contains(deadLetter.taskId())) {
      throw new DeadLetterBusyException(
          "The broker did not confirm the task. Try again in a few seconds.");
    }
  }
}
