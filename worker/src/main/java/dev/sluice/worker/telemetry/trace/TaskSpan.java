package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.TaskMessage;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.time.Duration;

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

  /**
   * Adds the settlement to the span.
   *
   * @param kind its label
   */
  public void settled(String kind) {
    span.tag("sluice.settlement", kind);
  }

  /** Marks the span as failed. */
  public void failed(FailureCode code) {
    span.tag("sluice.failure.code", code.wireName());
    span.error(new UnsuccessfulCallException(code.wireName()));
  }

  /** Records a span of its own for the delay of a task. */
  public void delayed(TaskMessage task, Duration delay) {
    tracing.recordDelay(task, delay);
  }

  @Override
  public void close() {
    scope.close();
    span.end();
  }
}
