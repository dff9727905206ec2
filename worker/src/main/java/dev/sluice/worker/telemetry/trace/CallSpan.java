package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.provider.Reply;

/** The span of one provider call, by OpenTelemetry's conventions for generative AI. */
public interface CallSpan extends AutoCloseable {

  /** The task with the trace context of this call, for the provider. */
  TaskMessage withTraceContext(TaskMessage task);

  /** Adds the result of the call to the span. */
  void ended(Reply reply, TaskOutcome outcome);

  @Override
  void close();
}
