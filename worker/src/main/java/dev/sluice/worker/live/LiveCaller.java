package dev.sluice.worker.live;

import dev.sluice.worker.provider.StreamListener;
import java.util.function.BooleanSupplier;

/** Who waits for the reply of one task, if anybody does. */
public interface LiveCaller extends StreamListener, AutoCloseable {

  /** Nobody waits: the outcome is collected later. */
  LiveCaller NOBODY = new NoCaller(() -> true);

  /**
   * Nobody but the broker.
   *
   * @param held whether the broker still leaves the task to this worker: once it has given it to
   *     another, a call would be one too many
   */
  static LiveCaller none(BooleanSupplier held) {
    return new NoCaller(held);
  }

  /** Whether there is anybody at all. */
  boolean isPresent();

  /** What is known of a caller. */
  enum Presence {
    /** He waits. */
    WAITING,
    /** He does not wait any more. */
    GONE,
    /** Nobody answers for him: he may have gone, or have lost the broker for a moment. */
    UNREACHABLE
  }

  /**
   * Tells him that his task is in hand here, without asking whether he still waits.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  void announceClaim();

  /**
   * Tells him so, asks whether he still waits, and waits for the answer.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  Presence queryPresence() throws InterruptedException;

  /** Whether a part of the reply is on its way already, so that none of it can be taken back. */
  boolean hasBegun();

  /**
   * Sends the answer, however long the broker is away. Where it finds nobody it is offered for some
   * seconds more, which nobody waits for.
   */
  void reply(LiveReply liveReply) throws InterruptedException;

  /** The task is settled. */
  @Override
  void close();
}
