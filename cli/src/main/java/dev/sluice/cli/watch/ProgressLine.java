package dev.sluice.cli.watch;

import dev.sluice.api.batch.DocumentCounts;
import dev.sluice.cli.terminal.HumanFormat;
import java.util.ArrayList;
import java.util.List;

/** Formats the progress of a batch as one line. */
public final class ProgressLine {
  private static final int MAX_BAR_WIDTH = 30;
  private static final int MIN_BAR_WIDTH = 8;

  private ProgressLine() {}

  /** Characters of the progress bar. */
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
   * The line with a progress bar; omits the least important parts if they do not fit.
   *
   * @param columns width of the terminal
   */
  public static String bar(Progress progress, Rate rate, int columns, Style style) {
    List<String> parts = parts(progress, rate);
    int maxWidth = columns - 1;
    while (parts.size() > 1 && length(parts) + 1 + MIN_BAR_WIDTH > maxWidth) {
      parts.removeLast();
    }
    int barWidth = Math.min(MAX_BAR_WIDTH, maxWidth - length(parts) - 1);
    String text = String.join(" · ", parts);
    if (progress.total() == 0 || barWidth < MIN_BAR_WIDTH) {
      return text.length() <= maxWidth ? text : text.substring(0, Math.max(0, maxWidth));
    }
    return drawBar(progress, barWidth, style) + " " + text;
  }

  /** The line without a bar, for a pipe. */
  public static String plain(Progress progress, Rate rate) {
    return String.join(" · ", parts(progress, rate));
  }

  /** The most important part comes first. */
  private static List<String> parts(Progress progress, Rate rate) {
    List<String> parts = new ArrayList<>();
    if (progress.total() == 0) {
      parts.add(progress.status());
      return parts;
    }
    DocumentCounts documents = progress.documents();
    if (documents == null) {
      parts.add(ofTotal(progress.completed(), progress.total()) + " completed");
    } else {
      parts.add(ofTotal(documents.finished(), documents.total()) + " documents");
      parts.add(
          "%s parts of %s long %s"
              .formatted(
                  ofTotal(documents.partsFinished(), documents.parts()),
                  HumanFormat.count(documents.split()),
                  documents.split() == 1 ? "one" : "ones"));
    }
    parts.add(HumanFormat.count(progress.failed()) + " failed");
    if (progress.cutOff() > 0) {
      parts.add(HumanFormat.count(progress.cutOff()) + " cut off");
    }
    parts.add(HumanFormat.count(progress.unfinished()) + " unfinished");
    if (!progress.status().equals("in_progress")) {
      parts.add(progress.status());
    } else {
      rate.idle()
          .ifPresent(idle -> parts.add("nothing finished for " + HumanFormat.duration(idle)));
      rate.timeFor(progress.unfinished())
          .ifPresent(left -> parts.add(HumanFormat.duration(left) + " left"));
      rate.perMinute().ifPresent(tasks -> parts.add(HumanFormat.count(tasks) + " tasks/min"));
    }
    if (progress.throttles() > 0) {
      parts.add(HumanFormat.count(progress.throttles(), "response") + " with 429");
    }
    return parts;
  }

  private static String ofTotal(long count, long total) {
    return HumanFormat.count(count) + " of " + HumanFormat.count(total);
  }

  private static int length(List<String> parts) {
    return String.join(" · ", parts).length();
  }

  private static String drawBar(Progress progress, int width, Style style) {
    long full = Math.min(width, progress.finished() * width / progress.total());
    return style.full.repeat((int) full) + style.empty.repeat(width - (int) full);
  }
}
