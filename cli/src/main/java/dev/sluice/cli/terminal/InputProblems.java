package dev.sluice.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with the input: all of it counted, the first twenty told. */
public final class InputProblems {
  private static final int TOLD = 20;

  private final List<String> lines = new ArrayList<>();
  private long count;

  public void add(String line) {
    count++;
    if (lines.size() < TOLD) {
      lines.add(line);
    }
  }

  public long count() {
    return count;
  }

  public boolean none() {
    return count == 0;
  }

  /** The lines to tell; the last one counts what is not told. */
  public List<String> lines() {
    List<String> told = new ArrayList<>(lines);
    if (count > lines.size()) {
      told.add("and %,d more".formatted(count - lines.size()));
    }
    return told;
  }
}
