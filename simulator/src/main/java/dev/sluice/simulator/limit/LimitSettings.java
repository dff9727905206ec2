package dev.sluice.simulator.limit;

import java.time.Duration;
import java.util.Map;

/**
 * Settings of the rate limits.
 *
 * @param defaults limits of models without limits of their own
 * @param models limits by the name of the model
 * @param algorithm algorithm of the limits
 * @param burst capacity of the bucket, as a duration; only for {@link LimitAlgorithm#TOKEN_BUCKET}
 * @param countRejectedCalls whether rejected calls count as requests, as OpenAI documents
 */
public record LimitSettings(
    PerMinute defaults,
    Map<String, PerMinute> models,
    LimitAlgorithm algorithm,
    Duration burst,
    boolean countRejectedCalls) {

  public LimitSettings {
    models = Map.copyOf(models);
    if (burst.compareTo(Duration.ofSeconds(1)) < 0 || burst.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("a burst of %s is not within 1s-1h".formatted(burst));
    }
  }

  /** The same limits for every model, with OpenAI's algorithm. */
  public static LimitSettings of(long requestsPerMinute, long tokensPerMinute) {
    return new LimitSettings(
        new PerMinute(requestsPerMinute, tokensPerMinute),
        Map.of(),
        LimitAlgorithm.TOKEN_BUCKET,
        Duration.ofMinutes(1),
        false);
  }
}
