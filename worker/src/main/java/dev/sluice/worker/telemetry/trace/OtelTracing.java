package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Headers;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.telemetry.GenAiConventions;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Creates spans by OpenTelemetry's conventions for messaging and for generative AI. */
final class OtelTracing implements RouteTraces {
  private final String provider;
  private final Tracer tracer;
  private final Propagator propagator;
  private final Clock clock;

  OtelTracing(RouteSettings route, Tracer tracer, Propagator propagator, Clock clock) {
    this.provider = GenAiConventions.provider(route.provider().dialect());
    this.tracer = tracer;
    this.propagator = propagator;
    this.clock = clock;
  }

  @Override
  public TaskSpan startTask(TaskMessage task, boolean redelivered) {
    TaskIds ids = task.ids();
    String queue = QueueNames.tasks(ids.route(), ids.lane());
    Span.Builder builder =
        spanBuilder(task)
            .name("process " + queue)
            .kind(Span.Kind.CONSUMER)
            .tag("messaging.system", "rabbitmq")
            .tag("messaging.operation.name", "process")
            .tag("messaging.operation.type", "process")
            .tag("messaging.destination.name", queue)
            .tag("messaging.message.id", ids.taskId())
            .tag("sluice.route", ids.route())
            .tag("sluice.run", ids.run())
            .tag("sluice.attempt", task.attempt())
            .tag("sluice.throttles", task.throttles())
            .tag("sluice.redelivered", redelivered);
    String batch = ids.batchId();
    if (batch != null) {
      builder.tag("sluice.batch", batch);
    }
    return new OtelTaskSpan(builder.start());
  }

  @Override
  public CallSpan startCall(TaskMessage task) {
    String operation = GenAiConventions.operation(task.ids().endpoint());
    Span span =
        tracer
            .spanBuilder()
            .name(operation)
            .kind(Span.Kind.CLIENT)
            .tag("gen_ai.operation.name", operation)
            .tag("gen_ai.provider.name", provider)
            .start();
    if (!span.isNoop()) {
      String model = RequestSummary.read(task.body()).map(RequestSummary::model).orElse("");
      span.name(operation + " " + model).tag("gen_ai.request.model", model);
    }
    return new OtelCallSpan(span);
  }

  /** A builder for a child of the span in the task's trace context, else for a new trace. */
  private Span.Builder spanBuilder(TaskMessage task) {
    return propagator.extract(
        task.ids(), (ids, name) -> name.equals(Headers.TRACEPARENT) ? ids.traceparent() : null);
  }

  private TaskMessage inject(TaskMessage task, Span span) {
    Map<String, String> headers = new HashMap<>();
    propagator.inject(span.context(), headers, (carrier, name, value) -> headers.put(name, value));
    String traceparent = headers.get(Headers.TRACEPARENT);
    return traceparent == null ? task : task.withTraceparent(traceparent);
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private final class OtelTaskSpan implements TaskSpan {
    private final Span span;
    private final Tracer.SpanInScope scope;

    OtelTaskSpan(Span span) {
      this.span = span;
      this.scope = tracer.withSpan(span);
    }

    @Override
    public TaskMessage withTraceContext(TaskMessage task) {
      return task.ids().traceparent() == null ? inject(task, span) : task;
    }

    @Override
    public void settled(Settlement settlement) {
      span.tag("sluice.settlement", settlement.kind());
      switch (settlement) {
        case DeadLetter deadLetter -> {
          span.tag("sluice.failure.code", deadLetter.code().wireName());
          span.error(new UnsuccessfulCallException(deadLetter.code().wireName()));
        }
        case Delay delay -> recordDelay(delay.task(), delay.duration());
        default -> {}
      }
    }

    /** A span from now until the task is due, so its end is in the future. */
    private void recordDelay(TaskMessage task, Duration time) {
      Instant now = clock.instant();
      spanBuilder(task)
          .name("delay")
          .startTimestamp(micros(now), TimeUnit.MICROSECONDS)
          .tag("sluice.route", task.ids().route())
          .start()
          .end(micros(now.plus(time)), TimeUnit.MICROSECONDS);
    }

    @Override
    public void close() {
      scope.close();
      span.end();
    }
  }

  private final class OtelCallSpan implements CallSpan {
    private final Span span;

    OtelCallSpan(Span span) {
      this.span = span;
    }

    @Override
    public TaskMessage withTraceContext(TaskMessage task) {
      return inject(task, span);
    }

    @Override
    public void ended(Reply reply, TaskOutcome outcome) {
      switch (reply) {
        case Reply.Answered answer -> span.tag("http.response.status_code", answer.status());
        case Reply.Streamed stream -> span.tag("http.response.status_code", stream.head().status());
        default -> {}
      }
      switch (outcome) {
        case Completed completed ->
            span.tag("gen_ai.usage.input_tokens", completed.usage().promptTokens())
                .tag("gen_ai.usage.output_tokens", completed.usage().completionTokens());
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

    @Override
    public void close() {
      span.end();
    }
  }

  /** Marks a span as failed, without a stack trace. */
  private static final class UnsuccessfulCallException extends RuntimeException {
    UnsuccessfulCallException(String reason) {
      super(reason, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }
  }
}
