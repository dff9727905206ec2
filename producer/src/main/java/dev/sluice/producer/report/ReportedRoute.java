package dev.sluice.producer.report;

import dev.sluice.common.fleet.RouteReport;
import java.time.Instant;
import java.util.Comparator;

/**
 * How one worker stood with a route when it last said so.
 *
 * @param worker its name
 * @param stopping whether it takes no more tasks
 * @param at when its report came
 * @param report what it said of the route
 */
record ReportedRoute(String worker, boolean stopping, Instant at, RouteReport report) {
  static final Comparator<ReportedRoute> BY_NAME = Comparator.comparing(ReportedRoute::worker);
  static final Comparator<ReportedRoute> BY_AGE = Comparator.comparing(ReportedRoute::at);
}
