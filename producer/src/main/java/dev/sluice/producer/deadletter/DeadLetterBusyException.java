package dev.sluice.producer.deadletter;

import dev.sluice.producer.store.BatchId;

/** A dead letter cannot be processed now; a later attempt may succeed. */
public final class DeadLetterBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeadLetterBusyException(String message) {
    super(message, null, false, false);
  }

  static DeadLetterBusyException finalizing(BatchId batch) {
    return new DeadLetterBusyException(
        "Batch %s is finalizing. Try again in a few seconds.".formatted(batch));
  }

  static DeadLetterBusyException unfinished(String task) {
    return new DeadLetterBusyException(
        "The failure of task %s is not stored yet. Try again in a few seconds.".formatted(task));
  }
}
