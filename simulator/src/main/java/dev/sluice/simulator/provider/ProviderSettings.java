package dev.sluice.simulator.provider;

import dev.sluice.simulator.fault.FaultRates;
import dev.sluice.simulator.latency.Latency;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of the provider, except its limits.
 *
 * @param keys accepted API keys; empty for any key
 * @param latency distribution of the latency
 * @param latencyPerToken additional latency per completion token
 * @param faults probabilities of the faults
 * @param faultRetryAfter Retry-After of an injected 429
 * @param assumedOutput completion tokens charged for a request without a maximum
 * @param headers rate limit headers of the responses
 * @param modelsWithoutFlex models that have no flex tier
 * @param seed random seed; the same seed gives the same latencies and faults
 */
public record ProviderSettings(
    Set<String> keys,
    Latency latency,
    Duration latencyPerToken,
    FaultRates faults,
    Duration faultRetryAfter,
    long assumedOutput,
    LimitHeaders headers,
    Set<String> modelsWithoutFlex,
    long seed) {

  public ProviderSettings {
    keys = Set.copyOf(keys);
    modelsWithoutFlex = Set.copyOf(modelsWithoutFlex);
    if (assumedOutput < 0) {
      throw new IllegalArgumentException(
          "--assumed-output (%d) must be at least 0".formatted(assumedOutput));
    }
  }

  /** Accepts any key, without latency and faults. */
  public static ProviderSettings plain() {
    return new ProviderSettings(
        Set.of(),
        new Latency.None(),
        Duration.ZERO,
        FaultRates.NONE,
        Duration.ofSeconds(1),
        256,
        LimitHeaders.ALL,
        Set.of(),
        1);
  }

  public ProviderSettings withLatency(Latency other) {
    return new ProviderSettings(
        keys,
        other,
        latencyPerToken,
        faults,
        faultRetryAfter,
        assumedOutput,
        headers,
        modelsWithoutFlex,
        seed);
  }

  public ProviderSettings withFaults(FaultRates other) {
    return new ProviderSettings(
        keys,
        latency,
        latencyPerToken,
        other,
        faultRetryAfter,
        assumedOutput,
        headers,
        modelsWithoutFlex,
        seed);
  }

  public ProviderSettings withHeaders(LimitHeaders other) {
    return new ProviderSettings(
        keys,
        latency,
        latencyPerToken,
        faults,
        faultRetryAfter,
        assumedOutput,
        other,
        modelsWithoutFlex,
        seed);
  }

  public ProviderSettings withKeys(Set<String> other) {
    return new ProviderSettings(
        other,
        latency,
        latencyPerToken,
        faults,
        faultRetryAfter,
        assumedOutput,
        headers,
        modelsWithoutFlex,
        seed);
  }

  public ProviderSettings withModelsWithoutFlex(Set<String> other) {
    return new ProviderSettings(
        keys,
        latency,
        latencyPerToken,
        faults,
        faultRetryAfter,
        assumedOutput,
        headers,
        other,
        seed);
  }
}
