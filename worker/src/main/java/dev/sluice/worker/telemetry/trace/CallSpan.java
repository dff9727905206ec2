package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.provider.Reply;
import io.micrometer.tracing.Span;
import java.time.Duration;

/** The span of one provider call, by OpenTelemetry's conventions for generative AI. */
public final class CallSpan implements AutoCloseable {
  private final Tracing tracing;
  private final Span span;

  CallSpan(Tracing tracing, Span span) {
    this.tracing = tracing;
    this.span = span;
  }

  /** The task with the trace context of this call, for the provider. */
  public TaskMessage withTraceContext(TaskMessage task) {
    return tracing.inject(task, span);
  }

  /** Adds the result of the call to the span. */
  public void ended(Reply reply, TaskOutcome outcome) {
    switch (reply) {
      case Reply.Answered answer -> span.tag("http.response.status_code", answer.status());
      case Reply.Streamed stream -> span.tag("http.response.status_code", stream.head().status());
      default -> {}
    }
    switch (outcome) {
      case Completed completed -> {
        tagUsage(completed.usage());
        span.tag("sluice.cut_off", completed.cutOff());
      }
      case Throttled throttled -> {
        Duration retryAfter = throttled.retryAfter();
        if (retryAfter != null) {
          span.tag("sluice.retry_after_ms", retryAfter.toMillis());
        }
      }
      default -> {}
    }
    if (!(outcome instanceof Completed)) {
      span.tag("error.type", reply.result());
      span.error(new UnsuccessfulCallException(reply.result()));
    }
  }

  private void tagUsage(TokenUsage usage) {
    span.tag("gen_ai.usage.input_tokens", usage.promptTokens())
        .tag("gen_ai.usage.output_tokens", usage.completionTokens());
    if (usage.cachedTokens() > 0) {
      span.tag("gen_ai.usage.cache_read.input_tokens", usage.cachedTokens());
    }
    if (usage.cacheWriteTokens() > 0) {
      span.tag("gen_ai.usage.cache_creation.input_tokens", usage.cacheWriteTokens());
    }
  }

  @Override
  public void close() {
    span.end();
  }
}
