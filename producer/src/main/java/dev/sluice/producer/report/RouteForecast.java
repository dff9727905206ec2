package dev.sluice.producer.report;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** What a caller who comes to a route now has to expect of it. */
@Component
public class RouteForecast {
  private static final Set<String> NEED_A_PERSON = Set.of("quota", "key", "model_gone");
  private static final double UNKNOWN_PER_SECOND = 1;

  private final WorkerReports fleet;
  private final Clock clock;

  RouteForecast(WorkerReports fleet, Clock clock) {
    this.fleet = fleet;
    this.clock = clock;
  }

  /**
   * What is expected.
   *
   * @param workers how many take tasks
   * @param perSecond how many calls go out
   * @param closed why none can succeed before a person does something; empty where that is not so,
   *     and while a call is wanted that finds out
   */
  public record RouteAvailability(long workers, double perSecond, Optional<HeldRoute> closed) {}

  /**
   * A route that is closed.
   *
   * @param kind {@code quota}, {@code key} or {@code model_gone}
   * @param reason a sentence
   * @param until when it is looked at again
   */
  public record HeldRoute(String kind, String reason, Instant until) {}

  public RouteAvailability of(String route) {
    Instant now = clock.instant();
    List<ReportedRoute> serving = fleet.serving(route);
    List<RouteReport> reports = serving.stream().map(ReportedRoute::report).toList();
    double byCalls = reports.stream().mapToDouble(RouteForecast::callsPerSecond).sum();
    double byLimits =
        reports.stream()
            .mapToDouble(RouteForecast::allowedPerSecond)
            .min()
            .orElse(Double.POSITIVE_INFINITY);
    double perSecond = Math.min(byCalls > 0 ? byCalls : UNKNOWN_PER_SECOND, byLimits);
    return new RouteAvailability(
        RouteStatusAggregator.workers(serving),
        perSecond,
        RouteStatusAggregator.hold(serving, now)
            .filter(hold -> NEED_A_PERSON.contains(hold.kind()))
            .flatMap(hold -> closed(hold, now)));
  }

  private static Optional<HeldRoute> closed(RouteStatus.Hold hold, Instant now) {
    Instant until = hold.until();
    return until != null && (hold.probing() || until.isAfter(now))
        ? Optional.of(new HeldRoute(hold.kind(), hold.reason(), until))
        : Optional.empty();
  }

  private static double callsPerSecond(RouteReport report) {
    double millis = report.calls().millis();
    return millis > 0 ? report.concurrency() * 1000 / millis : 0;
  }

  /** The pace is that of all workers together. */
  private static double allowedPerSecond(RouteReport report) {
    CallsReport calls = report.calls();
    double allowed = Double.POSITIVE_INFINITY;
    for (LimitReport limit : report.limits()) {
      double each =
          switch (limit.what()) {
            case "requests" -> 1;
            case "tokens" -> calls.tokens();
            case "input_tokens" -> calls.inputTokens();
            case "output_tokens" -> calls.outputTokens();
            default -> 0;
          };
      if (limit.pacePerMinute() > 0 && each > 0) {
        allowed = Math.min(allowed, limit.pacePerMinute() / 60.0 / each);
      }
    }
    return allowed;
  }
}
