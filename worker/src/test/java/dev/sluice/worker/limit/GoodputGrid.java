package dev.sluice.worker.limit;

import dev.sluice.worker.limit.GoodputPoint.Fleet;
import dev.sluice.worker.limit.GoodputPoint.Result;
import dev.sluice.worker.limit.rate.LimitSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** All combinations of providers and fleets, and the worst results of groups of them. */
final class GoodputGrid {
  private static final List<LimitSource> SOURCES =
      List.of(LimitSource.ADVERTISED, LimitSource.CONFIGURED, LimitSource.INFERRED);
  private static final double[] LATENCIES = {0.05, 0.3, 0.9, 5};
  private static final double[] SIGMAS = {0, 0.4, 0.6};

  /**
   * The sample has two of this number of points. It has no common divisor with the length of a
   * dimension, so the sample has all combinations of two values.
   */
  private static final int SAMPLE = 5;

  private GoodputGrid() {}

  /** Returns two fifths of the points. */
  static List<GoodputPoint> sample() {
    List<GoodputPoint> all = points();
    return IntStream.range(0, all.size()).filter(i -> i % SAMPLE < 2).mapToObj(all::get).toList();
  }

  /** Returns all points. */
  static List<GoodputPoint> points() {
    List<GoodputPoint> points = new ArrayList<>();
    for (LimitSource source : SOURCES) {
      for (VirtualQuota.Law law : VirtualQuota.Law.values()) {
        for (TokenCharge charge : TokenCharge.values()) {
          for (boolean tokensBind : new boolean[] {false, true}) {
            points.addAll(points(source, law, charge, tokensBind));
          }
        }
      }
    }
    return points;
  }

  private static List<GoodputPoint> points(
      LimitSource source, VirtualQuota.Law law, TokenCharge charge, boolean tokensBind) {
    List<GoodputPoint> points = new ArrayList<>();
    for (double latency : LATENCIES) {
      for (double sigma : SIGMAS) {
        for (Fleet fleet : Fleet.values()) {
          points.add(new GoodputPoint(source, law, charge, tokensBind, latency, sigma, fleet));
        }
      }
    }
    return points;
  }

  /** Returns a Markdown table with a row for each source of limits and value of a dimension. */
  static String table(
      String dimension, List<Result> results, Function<GoodputPoint, Object> value) {
    StringBuilder table =
        new StringBuilder(
            """
            | limits | %s | points | calls / ideal: worst | median | time / ideal: worst | median | points with 429s \
            | most 429s | most before Retry-After | point with the fewest calls / ideal |
            |---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|
            """
                .formatted(dimension));
    Map<String, List<Result>> groups =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    result -> result.point().source() + " | " + value.apply(result.point()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    groups.forEach((name, group) -> table.append(row(name.toLowerCase(Locale.ROOT), group)));
    return table.toString();
  }

  private static String row(String name, List<Result> group) {
    List<Result> byRelativeCalls =
        group.stream().sorted(Comparator.comparingDouble(Result::relativeCalls)).toList();
    List<Result> byTime =
        group.stream().sorted(Comparator.comparingDouble(Result::relativeTime)).toList();
    return "| %s | %d | %.3f | %.3f | %.2f | %.2f | %d | %d | %d | `%s` |%n"
        .formatted(
            name,
            group.size(),
            byRelativeCalls.getFirst().relativeCalls(),
            byRelativeCalls.get(group.size() / 2).relativeCalls(),
            byTime.getLast().relativeTime(),
            byTime.get(group.size() / 2).relativeTime(),
            group.stream().filter(result -> result.throttled() > 0).count(),
            group.stream().mapToInt(Result::throttled).max().orElse(0),
            group.stream().mapToInt(Result::duringRetryAfter).max().orElse(0),
            byRelativeCalls.getFirst().point().name());
  }
}
