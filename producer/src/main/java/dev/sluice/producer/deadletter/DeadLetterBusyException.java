package dev.sluice.producer.deadletter;

/** A dead letter cannot be processed now; a later attempt may succeed. */
public final class DeadLetterBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeadLetterBusyException(String message) {
    super(message, null, false, false);
  }
}
