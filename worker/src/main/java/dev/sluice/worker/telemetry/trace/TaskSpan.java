package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.settle.Settlement;

/** The span of one delivery of a task, from the queue to the settlement. */
public interface TaskSpan extends AutoCloseable {

  /** The task with its trace context; without one, this span starts the trace. */
  TaskMessage withTraceContext(TaskMessage task);

  /** Adds the settlement to the span; a delay gets its own span. */
  void settled(Settlement settlement);

  @Override
  void close();
}
