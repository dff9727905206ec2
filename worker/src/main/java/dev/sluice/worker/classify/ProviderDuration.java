package dev.sluice.worker.classify;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses durations as providers write them: seconds ({@code 20}, {@code 0.5}), or numbers with
 * units ({@code 6m0s}, {@code 88ms}, {@code 2m59.56s}).
 */
final class ProviderDuration {
  private static final int MAX_LENGTH = 64;
  private static final Pattern SECONDS = Pattern.compile("-?\\d+(?:\\.\\d*)?");
  private static final Pattern COMPONENT =
      Pattern.compile("(\\d+(?:\\.\\d*)?)(ms|us|µs|ns|[dhms])");

  /** About 30 years. Longer values are errors and would overflow a nanosecond count. */
  private static final double MAX_NANOS = 1e18;

  private ProviderDuration() {}

  /** Empty if the text is not a duration. Negative values become zero. */
  static Optional<Duration> parse(String text) {
    String stripped = text.strip();
    if (stripped.isEmpty() || stripped.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return SECONDS.matcher(stripped).matches() ? Optional.of(nanos(stripped, 1e9)) : sum(stripped);
  }

  /** Parses a number of milliseconds; empty if the text is not a number. */
  static Optional<Duration> parseMillis(String text) {
    String stripped = text.strip();
    return stripped.length() <= MAX_LENGTH && SECONDS.matcher(stripped).matches()
        ? Optional.of(nanos(stripped, 1e6))
        : Optional.empty();
  }

  private static Optional<Duration> sum(String text) {
    Matcher component = COMPONENT.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (component.find() && component.start() == end) {
      sum = sum.plus(nanos(component.group(1), nanosPerUnit(component.group(2))));
      end = component.end();
    }
    return end == text.length() ? Optional.of(sum) : Optional.empty();
  }

  private static double nanosPerUnit(String unit) {
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

  private static Duration nanos(String number, double unitNanos) {
    double nanos = Math.clamp(Double.parseDouble(number) * unitNanos, 0, MAX_NANOS);
    return Duration.ofNanos(Math.round(nanos));
  }
}
