package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Headers;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
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

/** Spans by OpenTelemetry's conventions for messaging and for generative AI. */
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
  public TaskSpan taken(TaskMessage task, boolean again) {
    TaskIds ids = task.ids();
    String queue = QueueNames.tasks(ids.route(), ids.lane());
    Span.Builder builder =
        partOf(task)
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
            .tag("sluice.redelivered", again);
    String batch = ids.batchId();
    if (batch != null) {
      builder.tag("sluice.batch", batch);
    }
    return new OtelTaskSpan(builder.start());
  }

  @Override
  public CallSpan calling(TaskMessage task) {
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

  /** Its builder: a child of the span that the task names, or the first one of a trace. */
  private Span.Builder partOf(TaskMessage task) {
    return propagator.extract(
        task.ids(), (ids, name) -> name.equals(Headers.TRACEPARENT) ? ids.traceparent() : null);
  }

  private TaskMessage marked(TaskMessage task, Span span) {
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
    public TaskMessage mark(TaskMessage task) {
      return task.ids().traceparent() == null ? marked(task, span) : task;
    }

    @Override
    public void settled(Settlement settlement) {
      span.tag("sluice.settlement", settlement.kind());
      switch (settlement) {
        case DeadLetter deadLetter -> {
          span.tag("sluice.failure.code", deadLetter.code().wireName());
          span.error(new UnsuccessfulCallException(deadLetter.code().wireName()));
        }
        case Delay delay -> delayed(delay.task(), delay.time());
        default -> {}
      }
    }

    /** It ends in the time to come: when the task is due, as the broker was told. */
    private void delayed(TaskMessage task, Duration time) {
      Instant now = clock.instant();
      partOf(task)
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
    public TaskMessage mark(TaskMessage task) {
      return marked(task, span);
    }

    @Override
    public void ended(Reply reply, TaskOutcome outcome) {
      switch (reply) {
        case Reply.Answered answer -> span.tag("http.response.status_code", answer.status());
        case Reply.Streamed stream -> span.tag("http.response.status_code", stream.head().status());
        default -> {}
      }
      switch (outcome) {
        case Completed done ->
            span.tag("gen_ai.usage.input_tokens", done.usage().promptTokens())
                .tag("gen_ai.usage.output_tokens", done.usage().completionTokens());
        case Throttled throttled -> {
          Duration told = throttled.retryAfter();
          if (told != null) {
            span.tag("sluice.retry_after_ms", told.toMillis());
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

  /** Marks a span as one that did not go well; there is no stack to show. */
  private static final class UnsuccessfulCallException extends RuntimeException {
    UnsuccessfulCallException(String reason) {
      super(reason, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }
  }
}
