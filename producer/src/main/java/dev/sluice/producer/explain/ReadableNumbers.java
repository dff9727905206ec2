package dev.sluice.producer.explain;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats numbers, durations and times for sentences. */
final class ReadableNumbers {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private ReadableNumbers() {}

  /** Returns for example {@code 950}, {@code 12.4 k}, {@code 1.9 M}. */
  static String amount(double number) {
    if (number < 10_000) {
      return String.format(Locale.ROOT, "%,d", Math.round(number));
    }
    return number < 999_500
        ? shortened(number / 1_000) + " k"
        : shortened(number / 1_000_000) + " M";
  }

  private static String shortened(double number) {
    return String.format(Locale.ROOT, number < 100 ? "%.1f" : "%.0f", number)
        .replaceFirst("\\.0$", "");
  }

  /** Returns for example {@code 40 s}, {@code 9 min}, {@code 3 h}. */
  static String duration(Duration duration) {
    long seconds = Math.max(1, duration.toSeconds());
    if (seconds < 100) {
      return seconds + " s";
    }
    long minutes = Math.round(seconds / 60.0);
    if (minutes < 100) {
      return minutes + " min";
    }
    long hours = Math.round(minutes / 60.0);
    return hours < 48 ? hours + " h" : Math.round(hours / 24.0) + " days";
  }

  /** Returns for example {@code 2.50}, {@code 0.001}; {@code none} for null. */
  static String dollars(@Nullable BigDecimal amount) {
    if (amount == null) {
      return "none";
    }
    BigDecimal stripped = amount.stripTrailingZeros();
    return stripped.setScale(Math.max(2, stripped.scale())).toPlainString();
  }

  static String clock(Instant instant) {
    return TIME.format(instant) + " UTC";
  }

  /** Returns for example {@code 2 other batches}. */
  static String otherBatches(int count) {
    return count + (count == 1 ? " other batch" : " other batches");
  }
}
