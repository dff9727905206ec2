package dev.sluice.worker.limit;

/** The result of a request for a permit. */
public sealed interface Admission {

  /** The call may be sent. */
  record Granted(Permit permit) implements Admission {}

  /** The request timed out. */
  record TimedOut() implements Admission {}

  /** The call is no longer wanted. */
  record Withdrawn() implements Admission {}

  /** The worker is shutting down; no call may be sent. */
  record ShuttingDown() implements Admission {}
}
