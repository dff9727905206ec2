package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * How one task ended, on its way to the collector and, when it failed, to the dead-letter desk.
 *
 * @param ids what names the task
 * @param kind how it ended
 * @param failure why it did not complete; null for a completed one and for no other
 * @param facts what is known of its calls
 * @param body the reply of a completed task; the request of every other, so that the same message
 *     is a result and a dead letter
 */
public record OutcomeMessage(
    TaskIds ids, OutcomeKind kind, @Nullable Failure failure, CallStats facts, Payload body) {
  /** What is said of a task whose deadline passed. */
  public static final String OUT_OF_TIME = "The deadline passed before the task could be done.";

  public OutcomeMessage {
    if ((kind == OutcomeKind.COMPLETED) != (failure == null)) {
      throw new IllegalArgumentException(
          "outcome " + kind + " with failure " + failure + ": only a completed one has none");
    }
  }

  /** The reply arrived. */
  public static OutcomeMessage completed(TaskIds ids, CallStats facts, Payload reply) {
    return new OutcomeMessage(ids, OutcomeKind.COMPLETED, null, facts, reply);
  }

  /** It cannot succeed, and a person has to look. */
  public static OutcomeMessage failed(
      TaskIds ids, Failure failure, CallStats facts, Payload request) {
    return new OutcomeMessage(ids, OutcomeKind.FAILED, failure, facts, request);
  }

  /**
   * Its deadline passed. A replay has failed then: who sent it again finds it at the desk again.
   */
  public static OutcomeMessage expired(TaskIds ids, CallStats facts, Payload request) {
    OutcomeKind kind = ids.run() > 1 ? OutcomeKind.FAILED : OutcomeKind.EXPIRED;
    Failure failure = new Failure(FailureCode.DEADLINE_EXCEEDED, OUT_OF_TIME);
    return new OutcomeMessage(ids, kind, failure, facts, request);
  }

  /** It was withdrawn before it was called, or called again. */
  public static OutcomeMessage cancelled(TaskIds ids, CallStats facts, Payload request) {
    Failure failure = new Failure(FailureCode.CANCELLED, "The batch was cancelled.");
    return new OutcomeMessage(ids, OutcomeKind.CANCELLED, failure, facts, request);
  }

  /** The topic under which it is published: {@code <kind>.<route>}. */
  public String routingKey() {
    return kind.wireName() + "." + ids.route();
  }
}
