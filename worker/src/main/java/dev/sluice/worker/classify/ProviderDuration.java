package dev.sluice.worker.classify;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time span as providers write it: a number of seconds ({@code 20}, {@code 0.5}), or numbers with
 * units one after the other ({@code 6m0s}, {@code 88ms}, {@code 2m59.56s}).
 */
final class ProviderDuration {
  private static final int LONGEST_TEXT = 64;
  private static final Pattern SECONDS = Pattern.compile("-?\\d+(?:\\.\\d*)?");
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?)(ms|us|µs|ns|[dhms])");

  /** About thirty years: what is longer is a mistake, and fits no number of nanoseconds. */
  private static final double MOST_NANOS = 1e18;

  private ProviderDuration() {}

  /** Empty where the text is none; nothing rather than a negative one. */
  static Optional<Duration> parse(String text) {
    String stripped = text.strip();
    if (stripped.isEmpty() || stripped.length() > LONGEST_TEXT) {
      return Optional.empty();
    }
    return SECONDS.matcher(stripped).matches()
        ? Optional.of(nanos(stripped, 1e9))
        : sumOfParts(stripped);
  }

  /** A number of milliseconds. */
  static Optional<Duration> parseMillis(String text) {
    String stripped = text.strip();
    return stripped.length() <= LONGEST_TEXT && SECONDS.matcher(stripped).matches()
        ? Optional.of(nanos(stripped, 1e6))
        : Optional.empty();
  }

  private static Optional<Duration> sumOfParts(String text) {
    Matcher part = PART.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      sum = sum.plus(nanos(part.group(1), nanosOf(part.group(2))));
      end = part.end();
    }
    return end == text.length() ? Optional.of(sum) : Optional.empty();
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "d" -> 86_400e9;
      case "h" -> 3_600e9;
      case "m" -> 60e9;
      case "s" -> 1e9;
      case "ms" -> 1e6;
      case "ns" -> 1;
      default -> 1e3;
    };
  }

  private static Duration nanos(String number, double each) {
    double nanos = Math.clamp(Double.parseDouble(number) * each, 0, MOST_NANOS);
    return Duration.ofNanos(Math.round(nanos));
  }
}
