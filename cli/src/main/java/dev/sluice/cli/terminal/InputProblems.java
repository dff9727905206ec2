package dev.sluice.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** Collects problems of the input: counts all, and keeps the first twenty for display. */
public final class InputProblems {
  private static final int MAX_LINES = 20;

  private final List<String> lines = new ArrayList<>();
  private long count;

  public void add(String line) {
    count++;
    if (lines.size() < MAX_LINES) {
      lines.add(line);
    }
  }

  public long count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** The lines to print; the last line counts the omitted problems. */
  public List<String> lines() {
    List<String> printed = new ArrayList<>(lines);
    if (count > lines.size()) {
      printed.add("and %,d more".formatted(count - lines.size()));
    }
    return printed;
  }
}
