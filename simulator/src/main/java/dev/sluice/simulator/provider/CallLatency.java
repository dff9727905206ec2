package dev.sluice.simulator.provider;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Latency of one call.
 *
 * @param base latency before the first token
 * @param perToken additional latency per completion token
 */
record CallLatency(Duration base, Duration perToken) {

  /**
   * Draws the latency from the settings.
   *
   * @param fixed latency set by a marker; null if not set
   */
  static CallLatency of(
      ProviderSettings settings, @Nullable Duration fixed, RandomGenerator random) {
    Duration drawn = settings.latency().draw(random);
    return fixed == null
        ? new CallLatency(drawn, settings.latencyPerToken())
        : new CallLatency(fixed, Duration.ZERO);
  }

  Duration total(long tokens) {
    return base.plus(perToken.multipliedBy(tokens));
  }
}
