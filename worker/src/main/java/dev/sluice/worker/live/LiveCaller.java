package dev.sluice.worker.live;

import dev.sluice.worker.provider.StreamListener;
import java.util.function.BooleanSupplier;

/** The client that waits for the reply of a live task, or none for other tasks. */
public interface LiveCaller extends StreamListener, AutoCloseable {

  /** No caller, for warm-up tasks and malformed messages. */
  LiveCaller NONE = new NoCaller(() -> true);

  /**
   * No caller: the outcome is published.
   *
   * @param canAcknowledge whether the delivery can still be acknowledged; false after redelivery to
   *     another consumer. Then this worker must not make the call.
   */
  static LiveCaller none(BooleanSupplier canAcknowledge) {
    return new NoCaller(canAcknowledge);
  }

  /** Whether the task has a caller; false for {@link #none}. */
  boolean isPresent();

  /** The result of a presence query. */
  enum Presence {
    /** The caller waits. */
    WAITING,
    /** The caller disconnected. */
    GONE,
    /** No reply: the producer stopped, or has lost its broker connection for a moment. */
    UNREACHABLE
  }

  /**
   * Announces that this worker processes the task, without waiting for an answer.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable, or the task can no
   *     longer be acknowledged
   */
  void announceClaim();

  /**
   * Announces that this worker processes the task, and waits for the answer whether the caller
   * still waits.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable, or the task can no
   *     longer be acknowledged
   */
  Presence queryPresence() throws InterruptedException;

  /** Whether a chunk of the reply was sent. A retry of the call is not possible then. */
  boolean isStreaming();

  /**
   * Sends the reply, and retries until the broker confirms it. If the broker returns it as
   * unroutable, it is retried in the background for about 5 s.
   */
  void reply(LiveReply liveReply) throws InterruptedException;

  /** Releases the caller's resources after the settlement. */
  @Override
  void close();
}
