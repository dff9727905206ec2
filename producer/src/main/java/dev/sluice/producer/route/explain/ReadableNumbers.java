package dev.sluice.producer.route.explain;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats numbers, durations and times for sentences. */
final class ReadableNumbers {
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

  /** Returns for example {@code 2026-11-01T12:00:07Z}; pages show it in the browser's time zone. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Returns for example {@code 1 task}, {@code 12.4 k tasks}. */
  static String tasks(long count) {
    return amount((double) count) + (count == 1 ? " task" : " tasks");
  }

  /** Returns for example {@code 12.4 k unfinished tasks}. */
  static String unfinishedTasks(long count) {
    return amount((double) count) + (count == 1 ? " unfinished task" : " unfinished tasks");
  }

  /** Returns for example {@code 2 running batches}. */
  static String runningBatches(int count) {
    return count + (count == 1 ? " running batch" : " running batches");
  }
}
