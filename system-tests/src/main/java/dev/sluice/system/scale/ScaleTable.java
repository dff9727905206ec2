package dev.sluice.system.scale;

import java.time.Duration;
import java.util.List;

/** Formats the results as a table. */
final class ScaleTable {
  private static final String HEAD =
      """
      | scaled by | workers, most | worker-seconds | of their places in use | done in | share of the allowance | 429s | repeated | cut off | one worker after | none after | one task then takes |
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
            one.mostPods(),
            one.podSeconds(),
            100 * one.use(),
            seconds(one.elapsed()),
            one.share(),
            one.refused(),
            one.repeated(),
            one.cutOff(),
            seconds(one.toOne()),
            seconds(one.toNone()),
            seconds(one.woken()));
  }

  private static String seconds(Duration time) {
    return "%.0f s".formatted(time.toMillis() / 1000.0);
  }
}
