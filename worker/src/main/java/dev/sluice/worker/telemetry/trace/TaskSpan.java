package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;

/** The span of one delivery of a task, from the queue to the settlement. */
public final class TaskSpan implements AutoCloseable {
  private final Tracing tracing;
  private final Span span;
  private final Tracer.SpanInScope scope;

  TaskSpan(Tracing tracing, Span span, Tracer.SpanInScope scope) {
    this.tracing = tracing;
    this.span = span;
    this.scope = scope;
  }

  /** The task with its trace context; without one, this span starts the trace. */
  public TaskMessage withTraceContext(TaskMessage task) {
    return task.ids().traceparent() == null ? tracing.inject(task, span) : task;
  }

  /** Adds the settlement to the span; a delay gets its own span. */
  public void settled(Settlement settlement) {
    span.tag("sluice.settlement", settlement.kind());
    switch (settlement) {
      case DeadLetter deadLetter -> {
        span.tag("sluice.failure.code", deadLetter.code().wireName());
        span.error(new UnsuccessfulCallException(deadLetter.code().wireName()));
      }
      case Delay delay -> tracing.recordDelay(delay.task(), delay.duration());
      default -> {}
    }
  }

  @Override
  public void close() {
    scope.close();
    span.end();
  }
}
