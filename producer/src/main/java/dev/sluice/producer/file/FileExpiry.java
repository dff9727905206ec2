package dev.sluice.producer.file;

import dev.sluice.producer.error.ApiException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a file goes by itself, as OpenAI writes it.
 *
 * @param anchor {@code created_at}, and nothing else
 * @param seconds after it; an hour to 30 days
 */
public record FileExpiry(@Nullable String anchor, @Nullable Long seconds) {
  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  /**
   * The time that a file has.
   *
   * @param parameter what the request calls this
   * @throws ApiException where it is wrong
   */
  public Duration check(String parameter) {
    if (!"created_at".equals(anchor)) {
      throw wrong(parameter, "anchor", "'created_at'");
    }
    if (seconds == null || seconds < SHORTEST.toSeconds() || seconds > LONGEST.toSeconds()) {
      throw wrong(
          parameter,
          "seconds",
          "a whole number from %d to %d".formatted(SHORTEST.toSeconds(), LONGEST.toSeconds()));
    }
    return Duration.ofSeconds(seconds);
  }

  private static ApiException wrong(String parameter, String part, String right) {
    String name = "%s[%s]".formatted(parameter, part);
    return ApiException.badRequest(
        "Invalid value for '%s': it has to be %s.".formatted(name, right), name, "invalid_value");
  }
}
