package dev.sluice.producer.store;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The position of a result in the order in which the tasks of a batch finish.
 *
 * @param number the number of the result; 0 for tasks that finished before results had numbers
 * @param line the line of the task in the input, from 1
 */
public record ResultCursor(long number, long line) {
  /** Before the first result. */
  public static final ResultCursor START = new ResultCursor(0, 0);

  private static final Pattern FORMAT = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  public ResultCursor {
    if (number < 0 || line < 0) {
      throw new IllegalArgumentException("negative position: %d-%d".formatted(number, line));
    }
  }

  /** Parses the text of a cursor; empty if it is none. */
  public static Optional<ResultCursor> parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new ResultCursor(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return number + "-" + line;
  }
}
