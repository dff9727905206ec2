package dev.sluice.producer.infrastructure.trace;

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

/** Configures the traces of tasks; without a tracer there are none. */
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
    return new TaskTraces(
        tracer.getIfAvailable(() -> Tracer.NOOP),
        propagator.getIfAvailable(() -> Propagator.NOOP),
        ids,
        clock);
  }

  /** Exports server spans of OpenAI's API only, not those of pages and health checks. */
  @Bean
  SpanExportingPredicate tasksAndApiOnly() {
    return span ->
        span.getKind() != Span.Kind.SERVER
            || Objects.requireNonNullElse(span.getTags().get("uri"), "").startsWith(API);
  }
}
