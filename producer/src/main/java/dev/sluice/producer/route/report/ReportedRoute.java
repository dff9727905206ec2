package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.RouteReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

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
}
