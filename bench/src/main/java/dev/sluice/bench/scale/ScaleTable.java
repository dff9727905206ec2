package dev.sluice.bench.scale;

import java.time.Duration;
import java.util.List;

/** Formats the results as a table. */
final class ScaleTable {
  private static final String HEAD =
      """
      | scaled by | max. workers | worker-seconds | capacity in use | elapsed | rate / limit | 429s | repeated | aborted | one worker after | no worker after | next task takes |
      |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
      """;

  private ScaleTable() {}

  /** The results as Markdown. */
  static String markdown(List<ScaleResult> all) {
    StringBuilder table = new StringBuilder(HEAD);
    all.forEach(one -> table.append(row(one)).append('\n'));
    return table.toString();
  }

  private static String row(ScaleResult one) {
    return "| %s | %d | %d | %.0f %% | %s | %.2f | %d | %d | %d | %s | %s | %s |"
        .formatted(
            one.signal().title(),
            one.maxPods(),
            one.podSeconds(),
            100 * one.utilization(),
            seconds(one.elapsed()),
            one.relativeRate(),
            one.rejected(),
            one.repeated(),
            one.aborted(),
            seconds(one.scaling().downToOne()),
            seconds(one.scaling().downToZero()),
            seconds(one.scaling().upFromZero()));
  }

  private static String seconds(Duration time) {
    return "%.0f s".formatted(time.toMillis() / 1000.0);
  }
}
