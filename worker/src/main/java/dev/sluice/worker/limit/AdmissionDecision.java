package dev.sluice.worker.limit;

import org.jspecify.annotations.Nullable;

/** The decision what the head of the queue must do next. */
sealed interface AdmissionDecision {

  /**
   * Wait until this time, or until the state changes; then query the policy again.
   *
   * @param time nanoseconds of the limiter's clock
   * @param reason what it waits for, as in {@link LimiterStatus#waitsFor}; null for the last reason
   */
  record WaitUntil(long time, @Nullable String reason) implements AdmissionDecision {}

  /** A decision other than to wait. */
  sealed interface Action extends AdmissionDecision {}

  /** Charge the call to the buckets. */
  record Reserve() implements Action {}

  /**
   * Send the reserved call.
   *
   * @param asProbe whether its result decides on a hold
   * @param lateNanos by how much it is late
   */
  record Grant(boolean asProbe, long lateNanos) implements Action {}

  /** Refund the reservation, and query the policy again. */
  record Refund() implements Action {}

  /** Refund the reservation, and let a live call of a peer go first. */
  record Pause() implements Action {}

  /** Refund the reservation, and let a live caller of this worker go first. */
  record Yield() implements Action {}

  /** Refund the reservation, if there is one, and end the request. */
  record Reject(Admission admission) implements Action {}
}
