package dev.sluice.bench.harness;

/** Builds an SVG with colours that are readable on light and dark pages. */
public final class SvgDrawing {
  private static final String STYLE =
      """
      <style>
        .page { fill: #ffffff }
        text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #24292f }
        .title { font-weight: 600; font-size: 13px }
        .small { font-size: 10.5px; fill: #57606a }
        .end { text-anchor: end }
        .middle { text-anchor: middle }
        .axis { stroke: #8c959f; stroke-width: 1; fill: none }
        .allowed { stroke: #24292f; stroke-width: 1.2; stroke-dasharray: 4 2; fill: none }
        .c0 { fill: #54aeff } .c1 { fill: #fb8f44 } .c2 { fill: #c297ff }
        .rejected { fill: #cf222e }
        @media (prefers-color-scheme: dark) {
          .page { fill: #0d1117 }
          text { fill: #e6edf3 }
          .small { fill: #9198a1 }
          .axis { stroke: #656c76 }
          .allowed { stroke: #e6edf3 }
          .c0 { fill: #1158c7 } .c1 { fill: #9b4215 } .c2 { fill: #6e40c9 }
          .rejected { fill: #ff6b63 }
        }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();

  /**
   * Starts an empty drawing.
   *
   * @param label text alternative of the drawing
   */
  public SvgDrawing(int width, int height, String label) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">"
            .formatted(width, height, width, height, escaped(label)));
    svg.append(STYLE);
    add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>".formatted(width, height));
  }

  /** Adds an SVG element. */
  public void add(String element) {
    svg.append(element).append('\n');
  }

  /**
   * Adds text.
   *
   * @param style CSS class names
   */
  public void text(int x, int y, String style, String words) {
    add("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>".formatted(style, x, y, escaped(words)));
  }

  /** Adds the ticks and labels of a time axis that begins at 0. */
  public void seconds(int x, int y, int width, int seconds) {
    int step = seconds <= 15 ? 5 : seconds <= 50 ? 10 : seconds <= 130 ? 20 : 60;
    for (int second = 0; second <= seconds; second += step) {
      int at = x + (int) Math.round((double) second / seconds * width);
      add("<path class=\"axis\" d=\"M%d %d v4\"/>".formatted(at, y));
      text(at, y + 16, "small middle", second + " s");
    }
  }

  /** The complete SVG document. */
  public String svg() {
    return svg + "</svg>\n";
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;");
  }
}
