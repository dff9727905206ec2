package dev.sluice.worker.live;

import dev.sluice.worker.provider.Watcher;
import java.util.function.BooleanSupplier;

/** Who waits for the reply of one task, if anybody does. */
public interface Caller extends Watcher, AutoCloseable {

  /** Nobody waits: the outcome is collected later. */
  Caller NOBODY = new Nobody(() -> true);

  /**
   * Nobody but the broker.
   *
   * @param held whether the broker still leaves the task to this worker: once it has given it to
   *     another, a call would be one too many
   */
  static Caller nobody(BooleanSupplier held) {
    return new Nobody(held);
  }

  /** Whether there is anybody at all. */
  boolean isSomebody();

  /**
   * Asks, and waits for the answer.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  boolean stillWaits() throws InterruptedException;

  /** Whether a part of the reply is on its way already, so that none of it can be taken back. */
  boolean hasBegun();

  /** Sends the answer, until the broker has it or nobody can be waiting any more. */
  void handBack(Answer answer) throws InterruptedException;

  /** The task is settled. */
  @Override
  void close();
}
