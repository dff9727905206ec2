package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.settle.Settlement;

/** Nobody looks: nothing is made, and a task keeps the trace that it came with. */
enum NoopTracing implements RouteTraces, TaskSpan, CallSpan {
  INSTANCE;

  @Override
  public TaskSpan taken(TaskMessage task, boolean again) {
    return this;
  }

  @Override
  public CallSpan calling(TaskMessage task) {
    return this;
  }

  @Override
  public TaskMessage mark(TaskMessage task) {
    return task;
  }

  @Override
  public void settled(Settlement settlement) {}

  @Override
  public void ended(Reply reply, TaskOutcome outcome) {}

  @Override
  public void close() {}
}
