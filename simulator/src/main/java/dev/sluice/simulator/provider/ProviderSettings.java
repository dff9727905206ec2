package dev.sluice.simulator.provider;

import dev.sluice.simulator.fault.FaultRates;
import dev.sluice.simulator.latency.Latency;
import java.time.Duration;
import java.util.Set;

/**
 * How the provider behaves, its limits aside.
 *
 * @param keys the keys that it takes; empty for any
 * @param latency how long a call takes
 * @param latencyPerToken how much longer for each token of the reply
 * @param faults how often what goes wrong
 * @param faultRetryAfter how long a 429 by a fault tells to wait
 * @param assumedOutput tokens charged for a reply whose length the request does not bound
 * @param headers what the replies tell of the limits
 * @param seed the same seed gives the same calls the same latencies and faults
 */
public record ProviderSettings(
    Set<String> keys,
    Latency latency,
    Duration latencyPerToken,
    FaultRates faults,
    Duration faultRetryAfter,
    long assumedOutput,
    LimitHeaders headers,
    long seed) {

  public ProviderSettings {
    keys = Set.copyOf(keys);
    if (assumedOutput < 0) {
      throw new IllegalArgumentException(
          "%d tokens of assumed output is below 0".formatted(assumedOutput));
    }
  }

  /** Any key, no latency, no faults. */
  public static ProviderSettings plain() {
    return new ProviderSettings(
        Set.of(),
        new Latency.None(),
        Duration.ZERO,
        FaultRates.NONE,
        Duration.ofSeconds(1),
        256,
        LimitHeaders.ALL,
        1);
  }

  public ProviderSettings withLatency(Latency other) {
    return new ProviderSettings(
        keys, other, latencyPerToken, faults, faultRetryAfter, assumedOutput, headers, seed);
  }

  public ProviderSettings withFaults(FaultRates other) {
    return new ProviderSettings(
        keys, latency, latencyPerToken, other, faultRetryAfter, assumedOutput, headers, seed);
  }

  public ProviderSettings withHeaders(LimitHeaders other) {
    return new ProviderSettings(
        keys, latency, latencyPerToken, faults, faultRetryAfter, assumedOutput, other, seed);
  }

  public ProviderSettings withKeys(Set<String> other) {
    return new ProviderSettings(
        other, latency, latencyPerToken, faults, faultRetryAfter, assumedOutput, headers, seed);
  }
}
