package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;

/**
 * Creates the spans of a route's tasks. A task carries its {@code traceparent} through delays, so
 * that all its attempts are in one trace.
 */
public interface RouteTraces {

  /** Creates no spans, whether tracing is on or off. */
  static RouteTraces none() {
    return NoopTracing.INSTANCE;
  }

  /**
   * Starts the span of a received task; it is current on this thread until it is closed.
   *
   * @param redelivered whether the broker delivers the task again
   */
  TaskSpan startTask(TaskMessage task, boolean redelivered);

  /** Starts the span of a provider call. */
  CallSpan startCall(TaskMessage task);
}
