package dev.sluice.producer.route.report;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Estimates how soon a route can serve a new live call. */
@Component
public class RouteForecast {
  private static final Set<String> ENDED_BY_OPERATOR =
      Set.of("quota", "api_key", "model_not_found");
  private static final double DEFAULT_CALLS_PER_SECOND = 1;

  private final WorkerReports reports;
  private final Clock clock;

  RouteForecast(WorkerReports reports, Clock clock) {
    this.reports = reports;
    this.clock = clock;
  }

  /**
   * The availability of a route.
   *
   * @param workers workers that accept tasks
   * @param callsPerSecond estimated rate of all workers
   * @param hold the hold that only an operator can end; empty if there is none, or if a probe is
   *     due and needs a call
   */
  public record RouteAvailability(long workers, double callsPerSecond, Optional<HeldRoute> hold) {}

  /**
   * A hold that only an operator can end.
   *
   * @param kind {@code quota}, {@code api_key} or {@code model_not_found}
   * @param reason a sentence
   * @param until when the next probe is due, UTC
   * @param sources the sources that are held, see {@link HeldSource}; empty for all
   */
  public record HeldRoute(String kind, String reason, Instant until, List<String> sources) {
    public HeldRoute {
      sources = List.copyOf(sources);
    }

    /** Whether calls of this source are held. */
    public boolean holds(Supplier<String> source) {
      return sources.isEmpty() || sources.contains(source.get());
    }
  }

  /** Returns the availability of a route, from the workers' latest reports. */
  public RouteAvailability of(String route) {
    Instant now = clock.instant();
    List<ReportedRoute> serving = reports.serving(route);
    List<RouteReport> routeReports = serving.stream().map(ReportedRoute::report).toList();
    double byCalls = routeReports.stream().mapToDouble(RouteForecast::callsPerSecond).sum();
    double byLimits =
        routeReports.stream()
            .mapToDouble(RouteForecast::allowedPerSecond)
            .min()
            .orElse(Double.POSITIVE_INFINITY);
    double callsPerSecond = Math.min(byCalls > 0 ? byCalls : DEFAULT_CALLS_PER_SECOND, byLimits);
    return new RouteAvailability(
        RouteStatusAggregator.workers(serving),
        callsPerSecond,
        ReportedHolds.last(serving, now)
            .filter(hold -> ENDED_BY_OPERATOR.contains(hold.kind()))
            .flatMap(hold -> heldRoute(hold, now)));
  }

  private static Optional<HeldRoute> heldRoute(RouteStatus.Hold hold, Instant now) {
    Instant until = hold.until();
    return until != null && (hold.probing() || until.isAfter(now))
        ? Optional.of(new HeldRoute(hold.kind(), hold.reason(), until, hold.sources()))
        : Optional.empty();
  }

  private static double callsPerSecond(RouteReport report) {
    double millis = report.calls().millis();
    return millis > 0 ? report.concurrency() * 1000 / millis : 0;
  }

  /** The target rates in a report are those of all workers together. */
  private static double allowedPerSecond(RouteReport report) {
    CallsReport calls = report.calls();
    double allowed = Double.POSITIVE_INFINITY;
    for (LimitReport limit : report.limits()) {
      double each =
          switch (limit.limit()) {
            case "requests" -> 1;
            case "tokens" -> calls.tokens();
            case "input_tokens" -> calls.inputTokens();
            case "output_tokens" -> calls.outputTokens();
            default -> 0;
          };
      if (limit.targetPerMinute() > 0 && each > 0) {
        allowed = Math.min(allowed, limit.targetPerMinute() / 60.0 / each);
      }
    }
    return allowed;
  }
}
