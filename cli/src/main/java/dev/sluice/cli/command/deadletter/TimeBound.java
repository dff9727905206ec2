package dev.sluice.cli.command.deadletter;

import dev.sluice.cli.terminal.CommandException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Reads the first or the last time of a filter. */
public final class TimeBound {
  private TimeBound() {}

  /**
   * Unix seconds of a time in ISO 8601, or of an age such as {@code 30m}, {@code 2h}, {@code 3d}.
   *
   * @param option name of the option, for the message
   * @throws CommandException if the text is neither
   */
  public static String unixSeconds(String option, String time, Instant now) {
    try {
      Instant instant =
          time.matches("[1-9][0-9]{0,5}[smhd]") ? now.minus(age(time)) : Instant.parse(time);
      return Long.toString(instant.getEpochSecond());
    } catch (DateTimeParseException malformed) {
      throw CommandException.usageError(
          "%s '%s' is neither a time such as 2026-01-31T12:00:00Z nor a duration such as 2h."
              .formatted(option, time));
    }
  }

  private static Duration age(String time) {
    String unit = time.substring(time.length() - 1).toUpperCase(Locale.ROOT);
    String number = time.substring(0, time.length() - 1);
    return Duration.parse(unit.equals("D") ? "P" + number + "D" : "PT" + number + unit);
  }
}
