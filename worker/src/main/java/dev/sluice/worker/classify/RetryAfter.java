package dev.sluice.worker.classify;

import dev.sluice.worker.provider.Reply.Answered;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the Retry-After delay of a reply. The first valid source wins: {@code retry-after-ms}
 * (OpenAI, Azure), {@code Retry-After} in seconds or as an HTTP date (RFC 9110, section 10.2.3) or
 * as seconds since 1970, {@code retryDelay} in the details of a Google error, the text of the
 * message.
 */
final class RetryAfter {
  /** Longer delays are treated as errors and clamped. */
  private static final Duration MAX_DELAY = Duration.ofHours(24);

  /** A number of seconds from this value on is a time since 1970, not a delay. */
  private static final Duration MIN_TIMESTAMP = Duration.ofSeconds(1_000_000_000);

  private static final int SECONDS_LENGTH = 10;
  private static final Pattern TIMESTAMP = Pattern.compile("\\d{10}|\\d{13}");

  /** A two-digit year further in the future belongs to the past century (RFC 9110, 5.6.7). */
  private static final Duration MAX_FUTURE = Duration.ofDays(50 * 365);

  /**
   * "Please try again in 9m38.016s.", "Please retry in 45.57s.", "Please retry after 37 seconds."
   */
  private static final Pattern IN_MESSAGE =
      Pattern.compile(
          "(?:try again|retry) (?:in|after) "
              + "((?:\\d+(?:\\.\\d+)?(?:ms|[dhms]))++|\\d+(?:\\.\\d+)?(?= seconds?\\b))");

  /** RFC 9110, section 5.6.7, without the redundant weekday. */
  private static final List<DateTimeFormatter> HTTP_DATES =
      List.of(
          format("d MMM uuuu HH:mm:ss 'GMT'"), // Sun, 06 Nov 1994 08:49:37 GMT
          format("d-MMM-uu HH:mm:ss 'GMT'"), // Sunday, 06-Nov-94 08:49:37 GMT
          format("MMM ppd HH:mm:ss uuuu")); // Sun Nov  6 08:49:37 1994

  private RetryAfter() {}

  /** Empty if no source has a valid delay; at most 24 h. */
  static Optional<Duration> of(Answered answer, ProviderError error, Instant now) {
    return answer
        .header("retry-after-ms")
        .flatMap(ProviderDuration::parseMillis)
        .filter(RetryAfter::isPlausible)
        .or(() -> answer.header("retry-after").flatMap(text -> secondsOrDate(text, now)))
        .or(() -> ProviderDuration.parse(error.retryDelay()).filter(RetryAfter::isPlausible))
        .or(() -> inMessage(error.message()).filter(RetryAfter::isPlausible))
        .map(RetryAfter::clamp);
  }

  private static Optional<Duration> secondsOrDate(String text, Instant now) {
    return ProviderDuration.parse(text)
        .filter(RetryAfter::isPlausible)
        .or(() -> timestamp(text.strip(), now))
        .or(() -> date(text, now));
  }

  /** About 30 years: the longest duration that {@link ProviderDuration} returns. */
  private static boolean isPlausible(Duration delay) {
    return delay.compareTo(MIN_TIMESTAMP) < 0;
  }

  /** Seconds or milliseconds since 1970, at most a day ahead. */
  private static Optional<Duration> timestamp(String text, Instant now) {
    if (!TIMESTAMP.matcher(text).matches()) {
      return Optional.empty();
    }
    Instant time =
        text.length() > SECONDS_LENGTH
            ? Instant.ofEpochMilli(Long.parseLong(text))
            : Instant.ofEpochSecond(Long.parseLong(text));
    return Optional.of(Duration.between(now, time))
        .filter(until -> until.compareTo(MAX_DELAY) <= 0);
  }

  private static Optional<Duration> date(String text, Instant now) {
    String withoutWeekday = text.strip().replaceFirst("^[A-Za-z]{3,9},? +", "");
    for (DateTimeFormatter format : HTTP_DATES) {
      try {
        Instant date = LocalDateTime.parse(withoutWeekday, format).toInstant(ZoneOffset.UTC);
        Duration until = Duration.between(now, date);
        return Optional.of(until.compareTo(MAX_FUTURE) > 0 ? Duration.ZERO : until);
      } catch (DateTimeException otherFormat) {
        // try the next format
      }
    }
    return Optional.empty();
  }

  private static Optional<Duration> inMessage(String message) {
    Matcher matcher = IN_MESSAGE.matcher(message);
    return matcher.find() ? ProviderDuration.parse(matcher.group(1)) : Optional.empty();
  }

  private static DateTimeFormatter format(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.US);
  }

  private static Duration clamp(Duration delay) {
    if (delay.isNegative()) {
      return Duration.ZERO;
    }
    return delay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : delay;
  }
}
