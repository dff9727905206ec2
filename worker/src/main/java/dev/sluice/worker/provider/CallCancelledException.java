package dev.sluice.worker.provider;

/** Nobody waits for the answer any more: the exchange was broken off. */
final class CallCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallCancelledException() {
    super("nobody waits for the answer any more", null, false, false);
  }
}
