package dev.sluice.producer.infrastructure.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskTraceIdsTest {
  private final TaskTraceIds ids = new TaskTraceIds();

  @Test
  void republishedTaskContinuesItsTrace() {
    String task = "019ab3c0-4e4b-7c11-8000-2f6f0e6f3b11";

    String first = ids.withTraceOf(task, ids::generateTraceId);

    assertThat(first).matches("[0-9a-f]{32}").isEqualTo(TaskTraceIds.of(task));
    assertThat(ids.withTraceOf(task, ids::generateTraceId)).isEqualTo(first);
    assertThat(ids.generateTraceId()).isNotEqualTo(first);
  }

  @Test
  void samplerTakesItsFractionOfTheTraces() {
    Sampler tenth = Sampler.traceIdRatioBased(0.1);
    NoArgGenerator tasks = Generators.timeBasedEpochGenerator();

    long sampled =
        IntStream.range(0, 10_000)
            .mapToObj(i -> TaskTraceIds.of(tasks.generate().toString()))
            .filter(trace -> isSampled(tenth, trace))
            .count();

    assertThat(sampled / 10_000.0).isCloseTo(0.1, within(0.02));
  }

  private static boolean isSampled(Sampler sampler, String trace) {
    return sampler
        .shouldSample(
            Context.root(), trace, "send", SpanKind.PRODUCER, Attributes.empty(), List.of())
        .getDecision()
        .equals(SamplingDecision.RECORD_AND_SAMPLE);
  }
}
