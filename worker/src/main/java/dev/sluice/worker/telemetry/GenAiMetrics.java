package dev.sluice.worker.telemetry;

import dev.sluice.platform.route.ProviderDialect;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/**
 * The client metrics of OpenTelemetry's semantic conventions for generative AI, with their names,
 * attributes and buckets. The model attribute is omitted: clients choose its value, so its
 * cardinality is unlimited.
 */
final class GenAiMetrics {
  /** The bucket boundaries that the conventions advise. */
  private static final Duration[] DURATION_BUCKETS =
      List.of(10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 40960, 81920).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final double[] TOKEN_BUCKETS = {
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864
  };

  private final MeterCache<Timer> durations;
  private final MeterCache<DistributionSummary> tokens;

  GenAiMetrics(MeterRegistry registry, String route, ProviderDialect provider) {
    Tags tags =
        Tags.of("route", route, "gen_ai.provider.name", GenAiConventions.provider(provider));
    this.durations =
        new MeterCache<>(
            values ->
                Timer.builder("gen_ai.client.operation.duration")
                    .description("GenAI operation duration")
                    .tags(tags)
                    .tags("gen_ai.operation.name", values.get(0), "error.type", values.get(1))
                    .serviceLevelObjectives(DURATION_BUCKETS)
                    .register(registry));
    this.tokens =
        new MeterCache<>(
            values ->
                DistributionSummary.builder("gen_ai.client.token.usage")
                    .description("Number of input and output tokens used")
                    .tags(tags)
                    .tags(
                        "gen_ai.operation.name", values.get(0), "gen_ai.token.type", values.get(1))
                    .serviceLevelObjectives(TOKEN_BUCKETS)
                    .register(registry));
  }

  void recordCall(String endpoint, String result, Duration duration) {
    boolean successful = result.startsWith("2");
    durations.of(GenAiConventions.operation(endpoint), successful ? "" : result).record(duration);
  }

  void recordTokens(String endpoint, long input, long output) {
    String operation = GenAiConventions.operation(endpoint);
    tokens.of(operation, "input").record((double) input);
    tokens.of(operation, "output").record((double) output);
  }
}
