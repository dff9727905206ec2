package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a task, published for the collector and, if it failed, for the dead-letter store.
 *
 * @param ids ids of the task
 * @param kind terminal state of the task
 * @param failure why the task did not complete; null if and only if it completed
 * @param stats statistics of the task's calls
 * @param cutOff whether the reply of a completed task was cut off at its token limit
 * @param check the result of the checks; null if the answers are not checked
 * @param body the reply of a completed task, otherwise the request, so that a failed outcome is
 *     also a dead letter
 */
public record OutcomeMessage(
    TaskIds ids,
    OutcomeKind kind,
    @Nullable Failure failure,
    CallStats stats,
    boolean cutOff,
    @Nullable CheckResult check,
    Payload body) {
  /** Failure detail of a task whose deadline passed. */
  public static final String DEADLINE_PASSED = "The deadline passed before the task completed.";

  public OutcomeMessage {
    if ((kind == OutcomeKind.COMPLETED) != (failure == null)) {
      throw new IllegalArgumentException(
          "outcome " + kind + " with failure " + failure + ": every kind but completed needs one");
    }
  }

  /** An outcome without a check. */
  public OutcomeMessage(
      TaskIds ids,
      OutcomeKind kind,
      @Nullable Failure failure,
      CallStats stats,
      boolean cutOff,
      Payload body) {
    this(ids, kind, failure, stats, cutOff, null, body);
  }

  /** A copy with the result of the checks. */
  public OutcomeMessage withCheck(CheckResult result) {
    return new OutcomeMessage(ids, kind, failure, stats, cutOff, result, body);
  }

  /** The provider replied successfully. */
  public static OutcomeMessage completed(TaskIds ids, CallStats stats, Payload reply) {
    return completed(ids, stats, /* cutOff= */ false, reply);
  }

  /**
   * The provider replied successfully.
   *
   * @param cutOff whether the reply was cut off at its token limit
   */
  public static OutcomeMessage completed(
      TaskIds ids, CallStats stats, boolean cutOff, Payload reply) {
    return new OutcomeMessage(ids, OutcomeKind.COMPLETED, null, stats, cutOff, reply);
  }

  /** The task cannot succeed and is dead-lettered. */
  public static OutcomeMessage failed(
      TaskIds ids, Failure failure, CallStats stats, Payload request) {
    return unsuccessful(ids, OutcomeKind.FAILED, failure, stats, request);
  }

  /** The deadline passed. A replayed task fails instead, so that it becomes a dead letter again. */
  public static OutcomeMessage expired(TaskIds ids, CallStats stats, Payload request) {
    OutcomeKind kind = ids.isReplay() ? OutcomeKind.FAILED : OutcomeKind.EXPIRED;
    Failure failure = new Failure(FailureCode.DEADLINE_EXCEEDED, DEADLINE_PASSED);
    return unsuccessful(ids, kind, failure, stats, request);
  }

  /** The batch was cancelled before this task's next call. */
  public static OutcomeMessage cancelled(TaskIds ids, CallStats stats, Payload request) {
    Failure failure = new Failure(FailureCode.CANCELLED, "The batch was cancelled.");
    return unsuccessful(ids, OutcomeKind.CANCELLED, failure, stats, request);
  }

  private static OutcomeMessage unsuccessful(
      TaskIds ids, OutcomeKind kind, Failure failure, CallStats stats, Payload request) {
    return new OutcomeMessage(ids, kind, failure, stats, /* cutOff= */ false, request);
  }

  /** The routing key of the message: {@code <kind>.<route>}. */
  public String routingKey() {
    return kind.wireName() + "." + ids.route();
  }
}
