package dev.sluice.simulator.duration;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats durations in Go's format, as in OpenAI's headers: 120ms, 1.5s, 6m0s. */
public final class DurationText {
  private static final Pattern COMPONENT = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");
  private static final Pattern DURATION = Pattern.compile("(?:" + COMPONENT.pattern() + ")+");

  private DurationText() {}

  /**
   * Parses a duration such as 200ms, 1.5s or 6m30s.
   *
   * @throws IllegalArgumentException with a human-readable message
   */
  public static Duration parse(String text) {
    if (text.length() > 20 || !DURATION.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "%s is not a duration; use 200ms, 1.5s, 2m or 1h".formatted(text));
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher component = COMPONENT.matcher(text);
    while (component.find()) {
      nanos = nanos.add(new BigDecimal(component.group(1)).multiply(unit(component.group(2))));
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("%s is longer than 292 years".formatted(text));
    }
    return Duration.ofNanos(nanos.setScale(0, RoundingMode.HALF_UP).longValueExact());
  }

  private static BigDecimal unit(String name) {
    return BigDecimal.valueOf(
        switch (name) {
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          default -> 3_600_000_000_000L;
        });
  }

  /** Formats a duration, rounded up to milliseconds: 0s, 120ms, 1.5s, 6m0s. */
  public static String format(Duration duration) {
    long millis = millisRoundedUp(duration);
    if (millis == 0) {
      return "0s";
    }
    if (millis < 1000) {
      return millis + "ms";
    }
    long hours = millis / 3_600_000;
    long minutes = millis / 60_000 % 60;
    String seconds =
        BigDecimal.valueOf(millis % 60_000, 3).stripTrailingZeros().toPlainString() + "s";
    if (hours > 0) {
      return hours + "h" + minutes + "m" + seconds;
    }
    return minutes > 0 ? minutes + "m" + seconds : seconds;
  }

  /** Rounds up, so that a caller that waits this long is not too early. */
  public static long millisRoundedUp(Duration duration) {
    return duration.plusNanos(999_999).toMillis();
  }

  /** Whole seconds, rounded up, as in the Retry-After header. */
  public static long secondsRoundedUp(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
