package dev.sluice.worker.telemetry;

import dev.sluice.common.route.ProviderDialect;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/**
 * The client's metrics of OpenTelemetry's semantic conventions for generative AI, with their names,
 * attributes and bounds. The model is left out: clients name it, and there is no bound to names.
 */
final class GenAiMetrics {
  /** As the conventions advise, in seconds. */
  private static final Duration[] SECONDS =
      List.of(10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 40960, 81920).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final double[] TOKENS = {
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864
  };

  private final MeterRegistry registry;
  private final Tags tags;

  GenAiMetrics(MeterRegistry registry, String route, ProviderDialect provider) {
    this.registry = registry;
    this.tags =
        Tags.of("route", route, "gen_ai.provider.name", GenAiConventions.provider(provider));
  }

  void called(String endpoint, String result, Duration time) {
    boolean isWell = result.startsWith("2");
    Timer.builder("gen_ai.client.operation.duration")
        .description("GenAI operation duration")
        .tags(tags)
        .tags(
            "gen_ai.operation.name",
            GenAiConventions.operation(endpoint),
            "error.type",
            isWell ? "" : result)
        .serviceLevelObjectives(SECONDS)
        .register(registry)
        .record(time);
  }

  void used(String endpoint, long input, long output) {
    used(endpoint, "input", (double) input);
    used(endpoint, "output", (double) output);
  }

  private void used(String endpoint, String type, double tokens) {
    DistributionSummary.builder("gen_ai.client.token.usage")
        .description("Number of input and output tokens used")
        .tags(tags)
        .tags(
            "gen_ai.operation.name",
            GenAiConventions.operation(endpoint),
            "gen_ai.token.type",
            type)
        .serviceLevelObjectives(TOKENS)
        .register(registry)
        .record(tokens);
  }
}
