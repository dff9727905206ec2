package dev.sluice.producer.deadletter;

import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.web.ApiException;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Replays, discards and accepts dead letters. Each change and its audit entry share one
 * transaction. Its messages are published before, outside of the transaction.
 */
@Component
public class DeadLetterActions {
  private final DeadLetterStore deadLetters;
  private final DeadLetterReplayer replayer;
  private final DirectReplayPublisher directReplays;
  private final ReplayCanceller canceller;
  private final AnswerAcceptor acceptor;
  private final Leases leases;
  private final TransactionTemplate transaction;

  DeadLetterActions(
      DeadLetterStore deadLetters,
      DeadLetterReplayer replayer,
      DirectReplayPublisher directReplays,
      ReplayCanceller canceller,
      AnswerAcceptor acceptor,
      Leases leases,
      PlatformTransactionManager transactions) {
    this.deadLetters = deadLetters;
    this.replayer = replayer;
    this.directReplays = directReplays;
    this.canceller = canceller;
    this.acceptor = acceptor;
    this.leases = leases;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Performs an action in its own transaction.
   *
   * @return the dead letter in its new state
   * @throws ApiException 400 if the edited request is invalid, 409 if the dead letter, its task or
   *     its batch is in the wrong state, or if another request acts on it
   */
  DeadLetter perform(AuditAction action, DeadLetter deadLetter) {
    try {
      return perform(
          action,
          deadLetter,
          change -> Objects.requireNonNull(transaction.execute(status -> change.get())));
    } catch (DeadLetterBusyException busy) {
      throw ApiException.conflict(String.valueOf(busy.getMessage()));
    }
  }

  /**
   * Performs an action.
   *
   * @param inTransaction runs the change in a transaction, together with those of the caller
   * @return the result of {@code inTransaction}
   * @throws ApiException as above
   * @throws DeadLetterBusyException if the action is not possible now
   */
  public <T> T perform(
      AuditAction action, DeadLetter deadLetter, Function<Supplier<DeadLetter>, T> inTransaction) {
    return switch (action.kind()) {
      case REPLAY ->
          deadLetter.task().batch() == null
              ? withLease(deadLetter, () -> replayDirectly(action, deadLetter, inTransaction))
              : replayer.replay(action, deadLetter, inTransaction);
      case DISCARD -> withLease(deadLetter, () -> discard(action, deadLetter, inTransaction));
      case ACCEPT -> inTransaction.apply(() -> acceptor.accept(action, deadLetter));
    };
  }

  private <T> T replayDirectly(
      AuditAction action, DeadLetter deadLetter, Function<Supplier<DeadLetter>, T> inTransaction) {
    deadLetters.requireOpen(deadLetter.id());
    directReplays.publish(deadLetter, action.edit());
    return inTransaction.apply(() -> resolveOpen(action, deadLetter.id()));
  }

  /** Discards a dead letter. If it is replayed, cancels the replay. */
  private <T> T discard(
      AuditAction action, DeadLetter deadLetter, Function<Supplier<DeadLetter>, T> inTransaction) {
    UUID id = deadLetter.id();
    if (deadLetters.state(id) == DeadLetter.State.REPLAYED) {
      canceller.cancel(deadLetter);
      return inTransaction.apply(() -> deadLetters.resolve(id, action));
    }
    return inTransaction.apply(() -> resolveOpen(action, id));
  }

  private DeadLetter resolveOpen(AuditAction action, UUID id) {
    deadLetters.lockOpen(id);
    return deadLetters.resolve(id, action);
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
}
