package dev.sluice.client.task;

import dev.sluice.common.wire.Failure;

/** A task that got no answer of the provider's. */
public final class TaskFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  TaskFailedException(Failure failure) {
    super(failure.code() + ": " + failure.detail());
    this.code = failure.code();
  }

  /** One of the failure codes of the wire, such as {@code attempts_exhausted}. */
  public String code() {
    return code;
  }
}
