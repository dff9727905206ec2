package dev.sluice.producer.report;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.common.route.Routes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What is kept of a report. Everybody who may publish can send one, so nothing in it is believed to
 * be short, of one line, or a sensible number.
 */
@Component
class ReportSanitizer {
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_WORD = 40;
  private static final int LONGEST_REASON = 500;
  private static final int MOST_LIMITS = 8;
  private static final long MOST = 1_000_000_000_000L;
  private static final long LONGEST_VALID = Duration.ofMinutes(10).toMillis();

  private final Set<String> routes;

  ReportSanitizer(Routes routes) {
    this.routes = Set.copyOf(routes.names());
  }

  /** The report with the routes that are known here; empty where it cannot be true. */
  Optional<WorkerReport> keep(WorkerReport report) {
    String name = line(report.worker(), LONGEST_NAME);
    if (name.isEmpty() || report.validForMillis() < 1) {
      return Optional.empty();
    }
    Map<String, RouteReport> kept = new LinkedHashMap<>();
    for (RouteReport route : report.routes()) {
      if (!routes.contains(route.route())) {
        continue;
      }
      if (!isPossible(route)) {
        return Optional.empty();
      }
      kept.putIfAbsent(route.route(), shortened(route));
    }
    long valid = Math.min(report.validForMillis(), LONGEST_VALID);
    return Optional.of(
        new WorkerReport(name, valid, report.stopping(), List.copyOf(kept.values())));
  }

  private static boolean isPossible(RouteReport route) {
    CallsReport calls = route.calls();
    HoldReport hold = route.hold();
    LongStream counts =
        LongStream.of(
            route.concurrency(),
            route.running(),
            route.waiting(),
            calls.ended(),
            calls.throttled());
    DoubleStream averages =
        DoubleStream.of(calls.millis(), calls.tokens(), calls.inputTokens(), calls.outputTokens());
    return counts.allMatch(ReportSanitizer::isPossible)
        && averages.allMatch(average -> average >= 0 && average <= MOST)
        && route.share() >= 0
        && route.share() <= 1
        && (hold == null || hold.leftMillis() <= MOST)
        && route.limits().size() <= MOST_LIMITS
        && route.limits().stream().allMatch(ReportSanitizer::isPossible);
  }

  private static boolean isPossible(LimitReport limit) {
    Long left = limit.left();
    return isPossible(limit.perMinute())
        && isPossible(limit.pacePerMinute())
        && (left == null || isPossible(Math.abs(left))); // a provider may count below nothing
  }

  private static boolean isPossible(long count) {
    return count >= 0 && count <= MOST;
  }

  private static RouteReport shortened(RouteReport route) {
    return new RouteReport(
        route.route(),
        route.concurrency(),
        route.running(),
        route.waiting(),
        word(route.waitsFor()),
        hold(route.hold()),
        route.limits().stream().map(ReportSanitizer::limit).toList(),
        line(route.keptIn(), LONGEST_WORD),
        route.share(),
        route.calls());
  }

  private static @Nullable HoldReport hold(@Nullable HoldReport hold) {
    return hold == null
        ? null
        : new HoldReport(
            line(hold.kind(), LONGEST_WORD),
            line(hold.reason(), LONGEST_REASON),
            Math.max(0, hold.leftMillis()),
            hold.probing());
  }

  private static LimitReport limit(LimitReport limit) {
    return new LimitReport(
        line(limit.what(), LONGEST_WORD),
        limit.perMinute(),
        line(limit.source(), LONGEST_WORD),
        limit.pacePerMinute(),
        limit.left());
  }

  private static @Nullable String word(@Nullable String text) {
    return text == null ? null : line(text, LONGEST_WORD);
  }

  /** In one line that a terminal may be shown, cut where it is too long. */
  private static String line(String text, int longest) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip();
    return line.length() <= longest ? line : line.substring(0, longest - 1) + "…";
  }
}
