package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.settle.Settlement;

/** Creates no spans. A task keeps the trace context that it arrived with. */
enum NoopTracing implements RouteTraces, TaskSpan, CallSpan {
  INSTANCE;

  @Override
  public TaskSpan startTask(TaskMessage task, boolean redelivered) {
    return this;
  }

  @Override
  public CallSpan startCall(TaskMessage task) {
    return this;
  }

  @Override
  public TaskMessage withTraceContext(TaskMessage task) {
    return task;
  }

  @Override
  public void settled(Settlement settlement) {}

  @Override
  public void ended(Reply reply, TaskOutcome outcome) {}

  @Override
  public void close() {}
}
