package dev.sluice.producer.capacity;

import dev.sluice.producer.report.RouteStatus;
import org.jspecify.annotations.Nullable;

/**
 * How many workers a route can use now: as many as its backlog fills, but none that could only wait
 * for the limiter.
 */
final class DesiredWorkers {
  private DesiredWorkers() {}

  /**
   * The lesser of the two.
   *
   * @param toSaturate how many workers use the whole allowance; null where that is not known
   */
  static long of(RouteStatus route, Demand demand, @Nullable Long toSaturate) {
    return Math.min(byBacklog(route, demand), admitted(route, toSaturate));
  }

  /** While the backlog is not known nothing changes. */
  private static long byBacklog(RouteStatus route, Demand demand) {
    Long takeable = demand.takeable();
    Long inBroker = route.inBroker();
    if (takeable == null || inBroker == null) {
      return route.workers();
    }
    long published = Math.max(inBroker, demand.ready() + route.running() + route.waiting());
    long byBatch = Math.ceilDiv(takeable + published, Math.max(1, route.concurrency()));
    long byLive = demand.readyLive() > 0 ? route.workers() + 1 : 0; // callers whom nobody takes
    return Math.max(byBatch, byLive);
  }

  /** A route that rests needs one worker, to find out when it is over. */
  private static long admitted(RouteStatus route, @Nullable Long toSaturate) {
    RouteStatus.Hold hold = route.hold();
    if (hold != null && hold.kind().equals("by_hand")) {
      return 0;
    }
    if (hold != null && !hold.kind().equals("rate_limit")) {
      return 1;
    }
    if (toSaturate != null) {
      return toSaturate;
    }
    boolean hasCalled = route.callMs() != null;
    return hasCalled ? Long.MAX_VALUE : Math.max(1, route.workers());
  }
}
