package dev.sluice.worker.classify;

import dev.sluice.worker.provider.Reply.Answered;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * How long a provider says to wait: {@code retry-after-ms} (OpenAI, Azure), else {@code
 * Retry-After} in seconds or as an HTTP date (RFC 9110, section 10.2.3).
 */
final class RetryAfter {
  /** What a provider may ask for; more is taken for a mistake and cut. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private RetryAfter() {}

  /** Empty where neither header is there or can be read. */
  static Optional<Duration> of(Answered answer, Instant now) {
    return answer
        .header("retry-after-ms")
        .flatMap(text -> number(text, 1))
        .or(
            () ->
                answer
                    .header("retry-after")
                    .flatMap(text -> number(text, 1000).or(() -> date(text, now))))
        .map(RetryAfter::bounded);
  }

  private static Optional<Duration> number(String text, int toMillis) {
    try {
      double millis = Math.ceil(Double.parseDouble(text.strip()) * toMillis);
      return Double.isFinite(millis)
          ? Optional.of(Duration.ofMillis((long) millis))
          : Optional.empty();
    } catch (NumberFormatException noNumber) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> date(String text, Instant now) {
    try {
      Instant then =
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(now, then));
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }

  private static Duration bounded(Duration told) {
    if (told.isNegative()) {
      return Duration.ZERO;
    }
    return told.compareTo(LONGEST) > 0 ? LONGEST : told;
  }
}
