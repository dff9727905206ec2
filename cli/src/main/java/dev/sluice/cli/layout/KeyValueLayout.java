package dev.sluice.cli.layout;

import java.util.ArrayList;
import java.util.List;

/** Values, each under its label; a long one goes on below itself, broken between words. */
public final class KeyValueLayout {
  private static final int LABEL = 12;
  private static final int LEAST_ROOM = 20;

  private final int columns;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param columns how wide a line may be
   */
  public KeyValueLayout(int columns) {
    this.columns = columns;
  }

  /** Adds values, the label before the first. */
  public void addAll(String label, List<String> values) {
    String next = label;
    for (String value : values) {
      add(next, value);
      next = "";
    }
  }

  /** Adds a value; an empty one is left out. */
  public void add(String label, String value) {
    String start = label + " ".repeat(LABEL - label.length());
    for (String part : broken(value, Math.max(LEAST_ROOM, columns - LABEL))) {
      lines.add(start + part);
      start = " ".repeat(LABEL);
    }
  }

  /** Adds a sentence without a label. */
  public void sentence(String text) {
    lines.addAll(broken(text, Math.max(LEAST_ROOM, columns)));
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  private static List<String> broken(String text, int room) {
    List<String> parts = new ArrayList<>();
    String rest = text.strip();
    while (rest.length() > room) {
      int end = rest.lastIndexOf(' ', room);
      int cut = end > 0 ? end : room;
      parts.add(rest.substring(0, cut).stripTrailing());
      rest = rest.substring(cut).strip();
    }
    if (!rest.isEmpty()) {
      parts.add(rest);
    }
    return parts;
  }
}
