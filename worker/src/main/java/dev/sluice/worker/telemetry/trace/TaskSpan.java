package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.settle.Settlement;

/** The span of one attempt, from the queue to the settlement. */
public interface TaskSpan extends AutoCloseable {

  /** The task with its trace: one that came without any begins it here. */
  TaskMessage mark(TaskMessage task);

  /** What was done with it; a delay is a span of its own. */
  void settled(Settlement settlement);

  @Override
  void close();
}
