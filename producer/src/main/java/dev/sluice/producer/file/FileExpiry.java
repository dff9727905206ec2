package dev.sluice.producer.file;

import dev.sluice.producer.web.ApiException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The expiry of a file, as OpenAI defines it.
 *
 * @param anchor must be {@code created_at}
 * @param seconds after the anchor; one hour to 30 days
 */
public record FileExpiry(@Nullable String anchor, @Nullable Long seconds) {
  private static final Duration MIN = Duration.ofHours(1);
  private static final Duration MAX = Duration.ofDays(30);

  /**
   * Validates the expiry, and returns the file's lifetime.
   *
   * @param parameter the name of the expiry in the request
   * @throws ApiException if the expiry is invalid
   */
  public Duration check(String parameter) {
    if (!"created_at".equals(anchor)) {
      throw invalid(parameter, "anchor", "'created_at'");
    }
    if (seconds == null || seconds < MIN.toSeconds() || seconds > MAX.toSeconds()) {
      throw invalid(
          parameter,
          "seconds",
          "an integer from %d to %d".formatted(MIN.toSeconds(), MAX.toSeconds()));
    }
    return Duration.ofSeconds(seconds);
  }

  private static ApiException invalid(String parameter, String part, String expected) {
    String name = "%s[%s]".formatted(parameter, part);
    return ApiException.badRequest(
        "Invalid value for '%s': it must be %s.".formatted(name, expected), name, "invalid_value");
  }
}
