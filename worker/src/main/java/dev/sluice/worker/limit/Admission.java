package dev.sluice.worker.limit;

/** What came of waiting for a permit. */
public sealed interface Admission {

  /** One call may be made. */
  record Granted(Permit permit) implements Admission {}

  /** The worker stops: no call is to be made. */
  record Closed() implements Admission {}
}
