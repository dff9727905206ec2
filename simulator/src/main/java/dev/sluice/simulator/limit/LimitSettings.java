package dev.sluice.simulator.limit;

import java.time.Duration;
import java.util.Map;

/**
 * What is limited and how it is counted.
 *
 * @param everyModel the limits of a model that has none of its own
 * @param models limits by the model's name
 * @param counting how a minute is counted
 * @param burst how many seconds' worth a bucket holds; only for {@link WindowType#BUCKET}
 * @param refusedCallsCount whether a refused call spends a request too, as OpenAI documents
 */
public record LimitSettings(
    PerMinute everyModel,
    Map<String, PerMinute> models,
    WindowType counting,
    Duration burst,
    boolean refusedCallsCount) {

  public LimitSettings {
    models = Map.copyOf(models);
    if (burst.compareTo(Duration.ofSeconds(1)) < 0 || burst.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("a burst of %s is not within 1s-1h".formatted(burst));
    }
  }

  /** These limits for every model, counted as OpenAI does. */
  public static LimitSettings of(long requestsPerMinute, long tokensPerMinute) {
    return new LimitSettings(
        new PerMinute(requestsPerMinute, tokensPerMinute),
        Map.of(),
        WindowType.BUCKET,
        Duration.ofMinutes(1),
        false);
  }
}
