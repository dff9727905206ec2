package dev.sluice.simulator.provider;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long one call takes.
 *
 * @param base before the first token
 * @param perToken for each token of the reply
 */
record StreamTiming(Duration base, Duration perToken) {

  /** What a marker says, or else a draw from the settings. */
  static StreamTiming of(
      ProviderSettings settings, @Nullable Duration slow, RandomGenerator random) {
    Duration drawn = settings.latency().draw(random);
    return slow == null
        ? new StreamTiming(drawn, settings.latencyPerToken())
        : new StreamTiming(slow, Duration.ZERO);
  }

  Duration latency(long tokens) {
    return base.plus(perToken.multipliedBy(tokens));
  }
}
