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
 * How long a provider says to wait. The first of these that is there counts: {@code retry-after-ms}
 * (OpenAI, Azure), {@code Retry-After} in seconds or as an HTTP date (RFC 9110, section 10.2.3),
 * the {@code retryDelay} in the details of a Google error, the words of the message.
 */
final class RetryAfter {
  /** What a provider may ask for; more is taken for a mistake and cut. */
  private static final Duration LONGEST = Duration.ofHours(24);

  /** A year of two digits that would be further ahead is one of the last century (RFC 9110). */
  private static final Duration FAR_AHEAD = Duration.ofDays(50 * 365);

  /**
   * "Please try again in 9m38.016s.", "Please retry in 45.57s.", "Please retry after 37 seconds."
   */
  private static final Pattern IN_WORDS =
      Pattern.compile(
          "(?:try again|retry) (?:in|after) "
              + "((?:\\d+(?:\\.\\d+)?(?:ms|[dhms]))++|\\d+(?:\\.\\d+)?(?= seconds?\\b))");

  /** RFC 9110, section 5.6.7, without the weekday, which says nothing new. */
  private static final List<DateTimeFormatter> HTTP_DATES =
      List.of(
          format("d MMM uuuu HH:mm:ss 'GMT'"), // Sun, 06 Nov 1994 08:49:37 GMT
          format("d-MMM-uu HH:mm:ss 'GMT'"), // Sunday, 06-Nov-94 08:49:37 GMT
          format("MMM ppd HH:mm:ss uuuu")); // Sun Nov  6 08:49:37 1994

  private RetryAfter() {}

  /** Empty where none of them is there or can be read. */
  static Optional<Duration> of(Answered answer, ProviderError error, Instant now) {
    return answer
        .header("retry-after-ms")
        .flatMap(ProviderDuration::parseMillis)
        .or(() -> answer.header("retry-after").flatMap(text -> secondsOrDate(text, now)))
        .or(() -> ProviderDuration.parse(error.retryDelay()))
        .or(() -> inWords(error.message()))
        .map(RetryAfter::bounded);
  }

  private static Optional<Duration> secondsOrDate(String text, Instant now) {
    return ProviderDuration.parse(text).or(() -> date(text, now));
  }

  private static Optional<Duration> date(String text, Instant now) {
    String withoutDay = text.strip().replaceFirst("^[A-Za-z]{3,9},? +", "");
    for (DateTimeFormatter format : HTTP_DATES) {
      try {
        Instant then = LocalDateTime.parse(withoutDay, format).toInstant(ZoneOffset.UTC);
        Duration until = Duration.between(now, then);
        return Optional.of(until.compareTo(FAR_AHEAD) > 0 ? Duration.ZERO : until);
      } catch (DateTimeException otherForm) {
        // tried next
      }
    }
    return Optional.empty();
  }

  private static Optional<Duration> inWords(String message) {
    Matcher told = IN_WORDS.matcher(message);
    return told.find() ? ProviderDuration.parse(told.group(1)) : Optional.empty();
  }

  private static DateTimeFormatter format(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.US);
  }

  private static Duration bounded(Duration told) {
    if (told.isNegative()) {
      return Duration.ZERO;
    }
    return told.compareTo(LONGEST) > 0 ? LONGEST : told;
  }
}
