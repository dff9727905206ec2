package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;

/**
 * The spans of a route's tasks. A task's trace is named by its {@code traceparent}, which goes with
 * it through its delays, so that all its attempts are in one.
 */
public interface RouteTraces {

  /** None, whoever collects. */
  static RouteTraces none() {
    return NoopTracing.INSTANCE;
  }

  /**
   * A task was taken from its queue: the span of its attempt, on this thread until it is closed.
   *
   * @param again whether the broker brings it once more
   */
  TaskSpan taken(TaskMessage task, boolean again);

  /** A task has its permit: the span of its call. */
  CallSpan calling(TaskMessage task);
}
