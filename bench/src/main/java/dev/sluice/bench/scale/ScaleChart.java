package dev.sluice.bench.scale;

import dev.sluice.bench.harness.SvgDrawing;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Chart of the runs, one below the other: workers as steps, and admitted calls. */
final class ScaleChart {
  private static final int MARGIN = 20;
  private static final int LABELS = 118;
  private static final int PLOT = 720;
  private static final int PODS_HEIGHT = 84;
  private static final int CALLS_HEIGHT = 52;
  private static final int GAP = 10;
  private static final int TITLE = 26;
  private static final int AXIS = 34;
  private static final int HEADER = 46;
  private static final int PANEL = TITLE + PODS_HEIGHT + GAP + CALLS_HEIGHT + AXIS;

  private final SvgDrawing drawing;
  private final List<ScaleResult> all;
  private final int longest;

  private ScaleChart(SvgDrawing drawing, List<ScaleResult> all) {
    this.drawing = drawing;
    this.all = all;
    this.longest = all.stream().mapToInt(one -> one.seconds().size()).max().orElse(1);
  }

  /** The chart as SVG. */
  static String svg(List<ScaleResult> all) {
    SvgDrawing drawing =
        new SvgDrawing(
            2 * MARGIN + LABELS + PLOT,
            MARGIN + HEADER + all.size() * PANEL,
            "Workers and calls over time, by scaling signal");
    new ScaleChart(drawing, all).draw();
    return drawing.svg();
  }

  private void draw() {
    drawing.text(MARGIN, MARGIN + 6, "title", "Workers and admitted calls");
    drawing.text(
        MARGIN,
        MARGIN + 26,
        "small",
        "light: worker processes; dark: workers that the calls in flight would fill; dashed: the limit");
    int y = MARGIN + HEADER;
    for (ScaleResult one : all) {
      panel(one, y);
      y += PANEL;
    }
  }

  private void panel(ScaleResult one, int y) {
    drawing.text(
        MARGIN,
        y + 12,
        "title",
        "scaled by %s: at most %d workers, %d worker-seconds, %d x 429"
            .formatted(one.signal().title(), one.maxPods(), one.podSeconds(), one.rejected()));
    int max = all.stream().mapToInt(ScaleResult::maxPods).max().orElse(1);
    int pods = y + TITLE + PODS_HEIGHT;
    drawing.text(MARGIN, pods - 4, "", "workers");
    for (int number = 1; number <= max; number++) {
      drawing.text(
          MARGIN + LABELS - 8,
          pods - PODS_HEIGHT * number / (max + 1) + 4,
          "small end",
          "" + number);
    }
    area(one, "c1", pods, PODS_HEIGHT, max + 1, ScaleResult.Second::processes);
    area(
        one,
        "c0",
        pods,
        PODS_HEIGHT,
        max + 1,
        second -> (double) second.inFlight() / one.concurrency());
    int calls = pods + GAP + CALLS_HEIGHT;
    double top = 2 * one.allowedPerSecond();
    drawing.text(MARGIN, calls - 4, "", "calls/s");
    area(one, "c0", calls, CALLS_HEIGHT, top, ScaleResult.Second::admitted);
    int allowed = calls - CALLS_HEIGHT / 2;
    drawing.text(
        MARGIN + LABELS - 8, allowed + 4, "small end", "%.0f".formatted(one.allowedPerSecond()));
    drawing.add(
        "<path class=\"allowed\" d=\"M%d %d h%d\"/>".formatted(MARGIN + LABELS, allowed, PLOT));
    drawing.seconds(MARGIN + LABELS, calls + 3, PLOT, longest);
  }

  private void area(
      ScaleResult one,
      String style,
      int floor,
      int height,
      double top,
      ToDoubleFunction<ScaleResult.Second> value) {
    StringBuilder steps = new StringBuilder("M%d %d".formatted(MARGIN + LABELS, floor));
    for (int second = 0; second < one.seconds().size(); second++) {
      double up = Math.min(1, value.applyAsDouble(one.seconds().get(second)) / top) * height;
      double across = MARGIN + LABELS + (second + 1.0) / longest * PLOT;
      steps.append(" V%.1f H%.1f".formatted(floor - up, across));
    }
    drawing.add("<path class=\"%s\" d=\"%s V%d Z\"/>".formatted(style, steps, floor));
    drawing.add("<path class=\"axis\" d=\"M%d %d h%d\"/>".formatted(MARGIN + LABELS, floor, PLOT));
  }
}
