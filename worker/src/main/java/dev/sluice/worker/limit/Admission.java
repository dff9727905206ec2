package dev.sluice.worker.limit;

import java.time.Duration;

/** The result of a request for a permit. */
public sealed interface Admission {

  /** The call may be sent. */
  record Granted(Permit permit) implements Admission {}

  /** The request timed out. */
  record TimedOut() implements Admission {}

  /** The call must not be sent any more: {@link PermitRequest#wanted} says why. */
  record Withdrawn() implements Admission {}

  /**
   * The call's source is held: the task must make room for the tasks of others.
   *
   * @param remaining the time until the hold ends or its next probe is due
   */
  record SourceHeld(Duration remaining) implements Admission {}

  /** The worker is shutting down; no call may be sent. */
  record ShuttingDown() implements Admission {}
}
