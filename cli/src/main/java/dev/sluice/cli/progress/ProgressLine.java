package dev.sluice.cli.progress;

import java.util.ArrayList;
import java.util.List;

/** Renders a batch's progress in one line. */
public final class ProgressLine {
  private static final int LONGEST_BAR = 30;
  private static final int SHORTEST_BAR = 8;

  private ProgressLine() {}

  /** How the bar is drawn. */
  public enum Style {
    ASCII("#", "."),
    UNICODE("█", "░");

    private final String full;
    private final String empty;

    Style(String full, String empty) {
      this.full = full;
      this.empty = empty;
    }
  }

  /**
   * With a bar, at most so many columns wide: what matters least goes first.
   *
   * @param columns of the terminal
   */
  public static String bar(Progress progress, Rate pace, int columns, Style style) {
    List<String> parts = parts(progress, pace);
    int room = columns - 1;
    while (parts.size() > 1 && length(parts) + 1 + SHORTEST_BAR > room) {
      parts.removeLast();
    }
    int width = Math.min(LONGEST_BAR, room - length(parts) - 1);
    String text = String.join(" · ", parts);
    if (progress.total() == 0 || width < SHORTEST_BAR) {
      return text.length() <= room ? text : text.substring(0, Math.max(0, room));
    }
    return drawn(progress, width, style) + " " + text;
  }

  /** Without a bar, for a pipe. */
  public static String plain(Progress progress, Rate pace) {
    return String.join(" · ", parts(progress, pace));
  }

  /** What matters most stands first. */
  private static List<String> parts(Progress progress, Rate pace) {
    List<String> parts = new ArrayList<>();
    if (progress.total() == 0) {
      parts.add(progress.status());
      return parts;
    }
    parts.add(
        HumanFormat.count(progress.done())
            + " of "
            + HumanFormat.count(progress.total())
            + " done");
    parts.add(HumanFormat.count(progress.failed()) + " failed");
    parts.add(HumanFormat.count(progress.waiting()) + " waiting");
    if (!progress.status().equals("in_progress")) {
      parts.add(progress.status());
    } else {
      pace.idle()
          .ifPresent(since -> parts.add("nothing finished for " + HumanFormat.duration(since)));
      pace.timeFor(progress.waiting())
          .ifPresent(eta -> parts.add("ETA " + HumanFormat.duration(eta)));
      pace.perMinute().ifPresent(rate -> parts.add(HumanFormat.count(rate) + "/min"));
    }
    if (progress.throttles() > 0) {
      parts.add(HumanFormat.count(progress.throttles(), "rate limit") + " absorbed");
    }
    return parts;
  }

  private static int length(List<String> parts) {
    return String.join(" · ", parts).length();
  }

  private static String drawn(Progress progress, int width, Style style) {
    long full = Math.min(width, progress.finished() * width / progress.total());
    return style.full.repeat((int) full) + style.empty.repeat(width - (int) full);
  }
}
