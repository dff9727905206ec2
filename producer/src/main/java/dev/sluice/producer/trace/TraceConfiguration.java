package dev.sluice.producer.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Traces, where somebody collects them. */
@Configuration(proxyBeanMethods = false)
class TraceConfiguration {
  private static final String API = "/v1/";

  @Bean
  TaskTraceIds taskTraceIds() {
    return new TaskTraceIds();
  }

  @Bean
  SdkTracerProviderBuilderCustomizer traceIdsByTask(TaskTraceIds ids) {
    return builder -> builder.setIdGenerator(ids);
  }

  @Bean
  TaskTraces taskTraces(
      ObjectProvider<Tracer> tracer,
      ObjectProvider<Propagator> propagator,
      TaskTraceIds ids,
      Clock clock) {
    Tracer collected = tracer.getIfAvailable();
    return collected == null
        ? new NoopTaskTraces()
        : new OtelTaskTraces(collected, propagator.getObject(), ids, clock);
  }

  /** A page that is open for hours is no task, nor is a look at the producer's health. */
  @Bean
  SpanExportingPredicate tasksAndApiOnly() {
    return span ->
        span.getKind() != Span.Kind.SERVER
            || Objects.requireNonNullElse(span.getTags().get("uri"), "").startsWith(API);
  }
}
