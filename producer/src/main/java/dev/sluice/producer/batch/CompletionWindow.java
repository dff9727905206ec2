package dev.sluice.producer.batch;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses completion windows. OpenAI accepts only 24h; here any minutes, hours or days up to 30d.
 */
final class CompletionWindow {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,4})([mhd])");
  private static final Duration MAX = Duration.ofDays(30);

  private CompletionWindow() {}

  static Optional<Duration> parse(String text) {
    Matcher match = FORM.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(match.group(1));
    Duration window =
        switch (match.group(2)) {
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    return Optional.of(window).filter(w -> w.compareTo(MAX) <= 0);
  }
}
