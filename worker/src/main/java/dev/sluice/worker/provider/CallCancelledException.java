package dev.sluice.worker.provider;

/** The exchange was cancelled, because its caller disconnected. */
final class CallCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallCancelledException() {
    super("the call was cancelled: its caller disconnected", null, false, false);
  }
}
