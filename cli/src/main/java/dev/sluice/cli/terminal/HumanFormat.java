package dev.sluice.cli.terminal;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Formats numbers, sizes and durations for people. */
public final class HumanFormat {
  private static final BigDecimal FOUR_DECIMALS_BELOW = new BigDecimal("0.10");

  private HumanFormat() {}

  /** {@code 182,304}. Does not use a formatter, which would load locale data at every start. */
  public static String count(long number) {
    StringBuilder digits = new StringBuilder(Long.toString(number));
    for (int at = digits.length() - 3; at > 0 && digits.charAt(at - 1) != '-'; at -= 3) {
      digits.insert(at, ',');
    }
    return digits.toString();
  }

  /** {@code 1 task}, {@code 300 tasks}. */
  public static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code 12 KB}, {@code 3.4 MB}; kilobytes are rounded up. */
  public static String bytes(long number) {
    long kilobytes = Math.ceilDiv(number, 1000L);
    if (kilobytes < 1000) {
      return kilobytes + " KB";
    }
    long tenths = Math.round(number / 1e5);
    return count(tenths / 10) + "." + tenths % 10 + " MB";
  }

  /** {@code 31 s}, {@code 4 min 10 s}, {@code 2 h 05 min}. */
  public static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min " + twoDigits(seconds % 60) + " s";
    }
    return seconds / 3600 + " h " + twoDigits(seconds % 3600 / 60) + " min";
  }

  /** {@code 800 ms}, {@code 3.2 s}; from one minute in the format of {@link #duration}. */
  public static String latency(long millis) {
    if (millis < 1000) {
      return millis + " ms";
    }
    long tenths = Math.round(millis / 100.0);
    return tenths < 600
        ? tenths / 10 + "." + tenths % 10 + " s"
        : duration(Duration.ofMillis(millis));
  }

  /** {@code 1,200}; below 10 with decimals: {@code 3.6}, {@code 0.04}. */
  public static String rate(double number) {
    if (number >= 10) {
      return count(Math.round(number));
    }
    int digits = number >= 1 ? 1 : 2;
    return BigDecimal.valueOf(number)
        .setScale(digits, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** {@code 1,234.56}; below 0.10 with four decimals: {@code 0.0042}. */
  public static String dollars(BigDecimal amount) {
    int decimals = amount.compareTo(FOUR_DECIMALS_BELOW) < 0 ? 4 : 2;
    BigDecimal rounded = amount.setScale(decimals, RoundingMode.HALF_UP);
    String fraction = rounded.toPlainString();
    return count(rounded.longValue()) + fraction.substring(fraction.indexOf('.'));
  }

  private static String twoDigits(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }
}
