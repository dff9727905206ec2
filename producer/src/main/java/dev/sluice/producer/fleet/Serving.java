package dev.sluice.producer.fleet;

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
record Serving(String worker, boolean stopping, Instant at, RouteReport report) {
  static final Comparator<Serving> BY_NAME = Comparator.comparing(Serving::worker);
  static final Comparator<Serving> BY_AGE = Comparator.comparing(Serving::at);
}
