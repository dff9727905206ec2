package dev.sluice.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lays out labelled values, one per line; long values wrap between words. */
public final class KeyValueLayout {
  private static final int LABEL_WIDTH = 12;
  private static final int MIN_VALUE_WIDTH = 20;

  private final int columns;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param columns maximum width of a line
   */
  public KeyValueLayout(int columns) {
    this.columns = columns;
  }

  /** Adds values; only the first line has the label. */
  public void addAll(String label, List<String> values) {
    String next = label;
    for (String value : values) {
      add(next, value);
      next = "";
    }
  }

  /** Adds a value; skips an empty value and null. */
  public void add(String label, @Nullable String value) {
    if (value == null) {
      return;
    }
    String prefix = label + " ".repeat(LABEL_WIDTH - label.length());
    for (String part : wrap(value, Math.max(MIN_VALUE_WIDTH, columns - LABEL_WIDTH))) {
      lines.add(prefix + part);
      prefix = " ".repeat(LABEL_WIDTH);
    }
  }

  /** Adds a sentence without a label. */
  public void sentence(String text) {
    lines.addAll(wrap(text, Math.max(MIN_VALUE_WIDTH, columns)));
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  private static List<String> wrap(String text, int width) {
    List<String> parts = new ArrayList<>();
    String remaining = text.strip();
    while (remaining.length() > width) {
      int space = remaining.lastIndexOf(' ', width);
      int end = space > 0 ? space : width;
      parts.add(remaining.substring(0, end).stripTrailing());
      remaining = remaining.substring(end).strip();
    }
    if (!remaining.isEmpty()) {
      parts.add(remaining);
    }
    return parts;
  }
}
