package dev.sluice.client.task;

import dev.sluice.common.wire.Failure;

/** A task finished without a response of the provider. */
public final class TaskFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  TaskFailedException(Failure failure) {
    super(failure.code() + ": " + failure.detail());
    this.code = failure.code();
  }

  /** The failure code of the wire contract, such as {@code attempts_exhausted}. */
  public String code() {
    return code;
  }
}
