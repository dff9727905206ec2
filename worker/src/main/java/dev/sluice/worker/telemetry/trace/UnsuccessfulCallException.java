package dev.sluice.worker.telemetry.trace;

/** Marks a span as failed, without a stack trace. */
final class UnsuccessfulCallException extends RuntimeException {
  UnsuccessfulCallException(String reason) {
    super(reason, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
  }
}
