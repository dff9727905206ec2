package dev.sluice.producer.infrastructure.trace;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Headers;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts and ends the traces of tasks. Creates spans by OpenTelemetry's semantic conventions for
 * messaging. A batch may have a million tasks, so each task has its own trace, linked to the
 * request that created the batch. With the no-op tracer there are no traces.
 */
public final class TaskTraces {
  private final Tracer tracer;
  private final Propagator propagator;
  private final TaskTraceIds ids;
  private final Clock clock;

  TaskTraces(Tracer tracer, Propagator propagator, TaskTraceIds ids, Clock clock) {
    this.tracer = tracer;
    this.propagator = propagator;
    this.ids = ids;
    this.clock = clock;
  }

  /** Returns the {@code traceparent} of the current span; null if there is none. */
  public @Nullable String currentTraceparent() {
    Span span = tracer.currentSpan();
    return span == null ? null : traceparent(span);
  }

  /**
   * Starts a send span for each task.
   *
   * @param tasks tasks of batches; their {@code traceparent} is that of the request that created
   *     the batch, or null
   */
  public PublishTrace startPublish(List<TaskMessage> tasks) {
    List<Span> spans = new ArrayList<>(tasks.size());
    List<TaskMessage> traced = new ArrayList<>(tasks.size());
    for (TaskMessage task : tasks) {
      Span span = startSendSpan(task.ids());
      spans.add(span);
      String traceparent = traceparent(span);
      traced.add(traceparent == null ? task : task.withTraceparent(traceparent));
    }
    return new PublishTrace(traced, spans);
  }

  private Span startSendSpan(TaskIds task) {
    String queue = QueueNames.tasks(task.route(), task.lane());
    Span.Builder builder =
        describe(tracer.spanBuilder().setNoParent(), "send", queue, task).kind(Span.Kind.PRODUCER);
    String request = task.traceparent();
    if (request != null) {
      builder.addLink(new Link(context(request)));
    }
    return ids.withTraceOf(task.taskId(), builder::start);
  }

  /** Parses a traceparent of version 00, whose fields have fixed positions. */
  private TraceContext context(String traceparent) {
    return tracer
        .traceContextBuilder()
        .traceId(traceparent.substring(3, 35))
        .spanId(traceparent.substring(36, 52))
        .sampled(traceparent.endsWith("1"))
        .build();
  }

  /**
   * Records a process span for each stored outcome.
   *
   * @param start when the producer began to store them
   */
  public void recordStored(Collection<OutcomeMessage> outcomes, Instant start) {
    long end = micros(clock.instant());
    for (OutcomeMessage outcome : outcomes) {
      if (outcome.ids().traceparent() != null) {
        Span span =
            describe(childOf(outcome.ids()), "process", QueueNames.RESULTS, outcome.ids())
                .kind(Span.Kind.CONSUMER)
                .startTimestamp(micros(start), TimeUnit.MICROSECONDS)
                .tag("sluice.outcome", outcome.kind().wireName())
                .start();
        if (outcome.kind() == OutcomeKind.FAILED) {
          span.tag("error.type", "failed");
        }
        span.end(end, TimeUnit.MICROSECONDS);
      }
    }
  }

  private Span.Builder childOf(TaskIds task) {
    return propagator.extract(
        task, (ids, name) -> name.equals(Headers.TRACEPARENT) ? ids.traceparent() : null);
  }

  private static Span.Builder describe(
      Span.Builder builder, String operation, String queue, TaskIds task) {
    builder
        .name(operation + " " + queue)
        .tag("messaging.system", "rabbitmq")
        .tag("messaging.operation.name", operation)
        .tag("messaging.operation.type", operation)
        .tag("messaging.destination.name", queue)
        .tag("messaging.message.id", task.taskId())
        .tag("sluice.route", task.route())
        .tag("sluice.run", task.run());
    String batch = task.batchId();
    return batch == null ? builder : builder.tag("sluice.batch", batch);
  }

  private @Nullable String traceparent(Span span) {
    Map<String, String> headers = new HashMap<>();
    propagator.inject(span.context(), headers, (carrier, name, value) -> headers.put(name, value));
    return headers.get(Headers.TRACEPARENT);
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /**
   * The send spans of tasks that are being published.
   *
   * @param tasks the tasks with the {@code traceparent} of their own trace
   */
  public record PublishTrace(List<TaskMessage> tasks, List<Span> spans) implements AutoCloseable {
    /** Ends the spans. */
    @Override
    public void close() {
      spans.forEach(Span::end);
    }
  }
}
