package dev.sluice.worker.provider;

/** Nobody waits for the answer any more: the exchange was broken off. */
final class CallAbandoned extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallAbandoned() {
    super("nobody waits for the answer any more", null, false, false);
  }
}
