package dev.sluice.bench.goodput;

import dev.sluice.bench.analysis.RunAnalysis;
import dev.sluice.bench.analysis.RunAnalysis.Second;
import dev.sluice.bench.harness.SvgDrawing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chart with one panel per case. Each system has a band with admitted calls as steps, the limit as
 * a line, and rejected calls below.
 */
final class RunChart {
  private static final int COLUMNS = 2;
  private static final int PANEL_WIDTH = 470;
  private static final int GAP = 30;
  private static final int MARGIN = 20;
  private static final int TITLE_HEIGHT = 24;
  private static final int HEADER_HEIGHT = 56;
  private static final int AXIS_HEIGHT = 22;
  private static final int LABEL_WIDTH = 92;
  private static final int FIGURES_WIDTH = 104;
  private static final int BAND_HEIGHT = 34;
  private static final int REJECTED_HEIGHT = 9;
  private static final int BAND_GAP = 7;

  /** Values above this multiple of the limit are cut off. */
  private static final double MAX_SCALE = 2.5;

  /** Number of rejected calls per second that is drawn at full opacity. */
  private static final double FULL_OPACITY_AT = 20;

  private final SvgDrawing drawing;

  private RunChart(SvgDrawing drawing) {
    this.drawing = drawing;
  }

  /** The chart as SVG. */
  static String svg(List<BenchmarkResult> all) {
    Map<String, List<BenchmarkResult>> cases = new LinkedHashMap<>();
    all.forEach(one -> cases.computeIfAbsent(one.caseId(), id -> new ArrayList<>()).add(one));
    List<String> systems = all.stream().map(BenchmarkResult::system).distinct().toList();
    int rows = Math.ceilDiv(cases.size(), COLUMNS);
    SvgDrawing drawing =
        new SvgDrawing(
            2 * MARGIN + COLUMNS * PANEL_WIDTH + (COLUMNS - 1) * GAP,
            MARGIN + HEADER_HEIGHT + rows * panelHeight(systems.size()),
            "Admitted calls over time for each case and system");
    new RunChart(drawing).draw(cases, systems);
    return drawing.svg();
  }

  private void draw(Map<String, List<BenchmarkResult>> cases, List<String> systems) {
    legend();
    int number = 0;
    for (List<BenchmarkResult> panel : cases.values()) {
      int x = MARGIN + number % COLUMNS * (PANEL_WIDTH + GAP);
      int y = MARGIN + HEADER_HEIGHT + number / COLUMNS * panelHeight(systems.size());
      panel(panel, systems, x, y);
      number++;
    }
  }

  private static int panelHeight(int bands) {
    return TITLE_HEIGHT + bands * (BAND_HEIGHT + REJECTED_HEIGHT + BAND_GAP) + AXIS_HEIGHT + 10;
  }

  private void legend() {
    int y = MARGIN + 6;
    drawing.text(MARGIN, y, "title", "Admitted calls per second");
    int below = y + 22;
    drawing.add(
        "<rect class=\"c0\" x=\"%d\" y=\"%d\" width=\"16\" height=\"10\"/>"
            .formatted(MARGIN, below - 9));
    drawing.text(
        MARGIN + 22, below, "small", "admitted (requests or tokens, whichever limit binds)");
    int line = MARGIN + 272;
    drawing.add("<path class=\"allowed\" d=\"M%d %d h22\"/>".formatted(line, below - 4));
    drawing.text(line + 28, below, "small", "the limit in that second");
    int red = line + 200;
    drawing.add(
        "<rect class=\"rejected\" x=\"%d\" y=\"%d\" width=\"16\" height=\"7\"/>"
            .formatted(red, below - 8));
    drawing.text(
        red + 22, below, "small", "rejected with 429 (full opacity from 20 per second on)");
  }

  private void panel(List<BenchmarkResult> panel, List<String> systems, int x, int y) {
    drawing.text(x, y + 12, "title", panel.getFirst().caseTitle());
    drawing.text(x + PANEL_WIDTH, y + 12, "small end", "rate / limit · 429s");
    int longest =
        Math.max(
            1, panel.stream().mapToInt(one -> one.analysis().seconds().size()).max().orElse(1));
    double scale = scale(panel);
    int band = y + TITLE_HEIGHT;
    for (BenchmarkResult one : panel) {
      int colour = systems.indexOf(one.system());
      band(one, colour, new Band(x + LABEL_WIDTH, band, longest, scale));
      drawing.text(x + LABEL_WIDTH - 8, band + BAND_HEIGHT - 4, "end", one.system());
      figures(one, x + PANEL_WIDTH, band + BAND_HEIGHT - 4);
      band += BAND_HEIGHT + REJECTED_HEIGHT + BAND_GAP;
    }
    axis(x + LABEL_WIDTH, band, longest);
  }

  private void figures(BenchmarkResult one, int x, int y) {
    RunAnalysis runAnalysis = one.analysis();
    String lost = one.lost() == 0 ? "" : " · %d lost".formatted(one.lost());
    drawing.text(
        x,
        y,
        "small end",
        "%s · %d%s".formatted(percent(runAnalysis.relativeRate()), runAnalysis.rejected(), lost));
  }

  private static String percent(double ratio) {
    return "%.1f %%".formatted(100 * ratio);
  }

  /** The value at the top of a band, in units of the binding limit. */
  private static double scale(List<BenchmarkResult> panel) {
    double mean =
        panel.stream()
            .flatMap(one -> one.analysis().seconds().stream())
            .mapToDouble(Second::allowed)
            .average()
            .orElse(1);
    double highest =
        panel.stream()
            .flatMap(one -> one.analysis().seconds().stream())
            .mapToDouble(Second::charged)
            .max()
            .orElse(1);
    return Math.max(1e-9, Math.clamp(highest, 1.3 * mean, MAX_SCALE * mean));
  }

  /** Position and scale of a band. */
  private record Band(int x, int y, int seconds, double top) {
    private double across(int second) {
      return x + (double) second / seconds * plotWidth();
    }

    private double up(double amount) {
      return y + BAND_HEIGHT - Math.min(1, amount / top) * BAND_HEIGHT;
    }
  }

  private static int plotWidth() {
    return PANEL_WIDTH - LABEL_WIDTH - FIGURES_WIDTH;
  }

  private void band(BenchmarkResult one, int colour, Band band) {
    List<Second> seconds = one.analysis().seconds();
    int floor = band.y() + BAND_HEIGHT;
    StringBuilder steps = new StringBuilder("M%d %d".formatted(band.x(), floor));
    StringBuilder line = new StringBuilder();
    for (int second = 0; second < seconds.size(); second++) {
      Second now = seconds.get(second);
      steps.append(" V%.1f H%.1f".formatted(band.up(now.charged()), band.across(second + 1)));
      line.append(second == 0 ? "M%d %.1f".formatted(band.x(), band.up(now.allowed())) : "");
      line.append(" V%.1f H%.1f".formatted(band.up(now.allowed()), band.across(second + 1)));
      rejected(now, second, band);
    }
    drawing.add("<path class=\"c%d\" d=\"%s V%d Z\"/>".formatted(colour, steps, floor));
    drawing.add("<path class=\"allowed\" d=\"%s\"/>".formatted(line));
    drawing.add("<path class=\"axis\" d=\"M%d %d h%d\"/>".formatted(band.x(), floor, plotWidth()));
  }

  private void rejected(Second now, int second, Band band) {
    if (now.rejected() == 0) {
      return;
    }
    double strength = Math.min(1, 0.35 + 0.65 * now.rejected() / FULL_OPACITY_AT);
    drawing.add(
        "<rect class=\"rejected\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" opacity=\"%.2f\"/>"
            .formatted(
                band.across(second),
                band.y() + BAND_HEIGHT + 2,
                band.across(second + 1) - band.across(second),
                REJECTED_HEIGHT - 2,
                strength));
  }

  private void axis(int x, int y, int seconds) {
    drawing.seconds(x, y - BAND_GAP + 2, plotWidth(), seconds);
  }
}
