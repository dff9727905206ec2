package dev.sluice.worker.limit;

/** What came of waiting for a permit. */
public sealed interface Admission {

  /** One call may be made. */
  record Granted(Permit permit) implements Admission {}

  /** It did not get its turn within its patience. */
  record TimedOut() implements Admission {}

  /** The call is not to be made any more. */
  record Withdrawn() implements Admission {}

  /** The worker stops: no call is to be made. */
  record ShuttingDown() implements Admission {}
}
