package dev.sluice.cli.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a key may take with live calls.
 *
 * @param concurrency how many at once; null for what the route takes
 * @param perMinute how many begin in a minute; null for what the route takes
 */
public record ApiKeyLimits(@Nullable Integer concurrency, @Nullable Integer perMinute) {
  private static final String CONCURRENCY = "concurrency";
  private static final String PER_MINUTE = "requests_per_minute";

  /** That of a key as the producer shows it. */
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

  /** For people; {@code -} where nothing bounds it. */
  public String text() {
    String atOnce = concurrency == null ? "" : concurrency + " at once";
    String each = perMinute == null ? "" : perMinute + " a minute";
    String between = atOnce.isEmpty() || each.isEmpty() ? "" : ", ";
    String text = atOnce + between + each;
    return text.isEmpty() ? "-" : text;
  }
}
