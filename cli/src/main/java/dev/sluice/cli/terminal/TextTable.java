package dev.sluice.cli.terminal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lays out a table with aligned columns; numeric columns are right-aligned. */
public final class TextTable {
  /** Placeholder for a missing or unknown value. */
  public static final String NONE = "–";

  private final List<List<String>> rows = new ArrayList<>();

  /** The text of a number; {@link #NONE} if it is unknown. */
  public static String cell(@Nullable Number number) {
    return number == null ? NONE : number.toString();
  }

  /** A number with separators; {@link #NONE} if it is unknown. */
  public static String count(@Nullable Long number) {
    return number == null ? NONE : HumanFormat.count(number);
  }

  /** The text; {@link #NONE} if there is none. */
  public static String text(@Nullable String text) {
    return text == null ? NONE : text;
  }

  /** A time in ISO 8601 of Unix seconds; {@link #NONE} if there is none. */
  public static String time(@Nullable Long seconds) {
    return seconds == null || seconds == 0 ? NONE : Instant.ofEpochSecond(seconds).toString();
  }

  public TextTable(String... headers) {
    row(headers);
  }

  public void row(String... cells) {
    rows.add(List.of(cells));
  }

  public List<String> lines() {
    return rows.stream().map(this::line).toList();
  }

  private String line(List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String cell = row.get(column);
      String padding = " ".repeat(width(column) - cell.length());
      line.append(column == 0 ? "" : "  ")
          .append(isNumeric(column) ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private boolean isNumeric(int column) {
    return rows.stream().skip(1).map(row -> row.get(column)).anyMatch(TextTable::isNumber)
        && rows.stream()
            .skip(1)
            .map(row -> row.get(column))
            .allMatch(cell -> isNumber(cell) || cell.equals(NONE));
  }

  private static boolean isNumber(String cell) {
    return cell.chars().allMatch(c -> c == ',' || (c >= '0' && c <= '9')) && !cell.isEmpty();
  }
}
