package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.RouteReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * The part of a worker's latest report that is about one route.
 *
 * @param worker name of the worker
 * @param stopping whether the worker accepts no more tasks
 * @param at when this producer received the report
 * @param clockOffset the worker's time minus this producer's; zero if unknown
 * @param report the worker's state of the route
 */
record ReportedRoute(
    String worker, boolean stopping, Instant at, Duration clockOffset, RouteReport report) {
  static final Comparator<ReportedRoute> BY_NAME = Comparator.comparing(ReportedRoute::worker);
  static final Comparator<ReportedRoute> BY_AGE = Comparator.comparing(ReportedRoute::at);

  /** The part about one member of the route; empty if the worker does not report it. */
  Optional<ReportedRoute> ofMember(String name) {
    return report.members().stream()
        .filter(member -> member.member().equals(name))
        .findFirst()
        .map(member -> new ReportedRoute(worker, stopping, at, clockOffset, asRoute(member)));
  }

  private RouteReport asRoute(RouteReport.MemberReport member) {
    return new RouteReport(
        report.route(),
        report.concurrency(),
        member.running(),
        /* waiting= */ 0,
        /* waitsFor= */ null,
        member.hold(),
        member.limits(),
        report.limitStorage(),
        report.limitFraction(),
        member.calls());
  }
}
