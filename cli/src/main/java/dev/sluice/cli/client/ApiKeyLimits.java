package dev.sluice.cli.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Limits on the live calls of an API key.
 *
 * @param concurrency maximum concurrent calls; null for no limit
 * @param perMinute maximum calls per minute; null for no limit
 */
public record ApiKeyLimits(@Nullable Integer concurrency, @Nullable Integer perMinute) {
  private static final String CONCURRENCY = "concurrency";
  private static final String PER_MINUTE = "requests_per_minute";

  /** Reads the limits from the producer's JSON of a key. */
  public static ApiKeyLimits of(JsonNode key) {
    return new ApiKeyLimits(number(key.path(CONCURRENCY)), number(key.path(PER_MINUTE)));
  }

  private static @Nullable Integer number(JsonNode value) {
    return value.isInt() ? value.asInt() : null;
  }

  ObjectNode addTo(ObjectNode request) {
    if (concurrency != null) {
      request.put(CONCURRENCY, concurrency);
    }
    if (perMinute != null) {
      request.put(PER_MINUTE, perMinute);
    }
    return request;
  }

  /** Readable form, such as {@code 2 concurrent, 30 per minute}; {@code -} without limits. */
  public String text() {
    String concurrent = concurrency == null ? "" : concurrency + " concurrent";
    String rate = perMinute == null ? "" : perMinute + " per minute";
    String separator = concurrent.isEmpty() || rate.isEmpty() ? "" : ", ";
    String text = concurrent + separator + rate;
    return text.isEmpty() ? "-" : text;
  }
}
