package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Headers;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.ProviderDialect;
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

/**
 * Creates the spans of tasks and calls, by OpenTelemetry's conventions for messaging and for
 * generative AI. A task carries its {@code traceparent} through delays, so that all its attempts
 * are in one trace.
 */
public final class Tracing {
  private final Tracer tracer;
  private final Propagator propagator;
  private final Clock clock;

  /**
   * Creates spans with this tracer; {@link Tracer#NOOP} and {@link Propagator#NOOP} create none.
   */
  public Tracing(Tracer tracer, Propagator propagator, Clock clock) {
    this.tracer = tracer;
    this.propagator = propagator;
    this.clock = clock;
  }

  /** Creates no spans. A task keeps the trace context that it arrived with. */
  public static Tracing off() {
    return new Tracing(Tracer.NOOP, Propagator.NOOP, Clock.systemUTC());
  }

  /**
   * Starts the span of a received task; it is current on this thread until it is closed.
   *
   * @param redelivered whether the broker delivers the task again
   */
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
    Span span = builder.start();
    return new TaskSpan(this, span, tracer.withSpan(span));
  }

  /** Starts the span of a call to a provider of this dialect. */
  public CallSpan startCall(TaskMessage task, ProviderDialect provider) {
    String operation = GenAiConventions.operation(task.ids().endpoint());
    Span span =
        tracer
            .spanBuilder()
            .name(operation)
            .kind(Span.Kind.CLIENT)
            .tag("gen_ai.operation.name", operation)
            .tag("gen_ai.provider.name", GenAiConventions.provider(provider))
            .start();
    if (!span.isNoop()) {
      String model = RequestSummary.read(task.body()).map(RequestSummary::model).orElse("");
      span.name(operation + " " + model).tag("gen_ai.request.model", model);
    }
    return new CallSpan(this, span);
  }

  /** Records a span from now until the task is due, so its end is in the future. */
  void recordDelay(TaskMessage task, Duration duration) {
    Instant now = clock.instant();
    spanBuilder(task)
        .name("delay")
        .startTimestamp(micros(now), TimeUnit.MICROSECONDS)
        .tag("sluice.route", task.ids().route())
        .start()
        .end(micros(now.plus(duration)), TimeUnit.MICROSECONDS);
  }

  /** The task with the span's context; unchanged if the span has none. */
  TaskMessage inject(TaskMessage task, Span span) {
    Map<String, String> headers = new HashMap<>();
    propagator.inject(span.context(), headers, (carrier, name, value) -> headers.put(name, value));
    String traceparent = headers.get(Headers.TRACEPARENT);
    return traceparent == null ? task : task.withTraceparent(traceparent);
  }

  /** A builder for a child of the span in the task's trace context, else for a new trace. */
  private Span.Builder spanBuilder(TaskMessage task) {
    return propagator.extract(
        task.ids(), (ids, name) -> name.equals(Headers.TRACEPARENT) ? ids.traceparent() : null);
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
