package dev.sluice.producer.route.capacity;

import dev.sluice.api.route.RouteStatus;
import org.jspecify.annotations.Nullable;

/**
 * Computes how many workers a route can use now: enough for its backlog, but none that would only
 * wait for the rate limiter.
 */
final class DesiredWorkers {
  private DesiredWorkers() {}

  /**
   * Returns the smaller of backlog demand and rate limit.
   *
   * @param toSaturate workers that it takes to use the full rate limit; null if unknown
   */
  static long of(RouteStatus route, Demand demand, @Nullable Long toSaturate) {
    return Math.min(byBacklog(route, demand), byRateLimit(route, toSaturate));
  }

  /** Returns the current number of workers while the backlog is unknown. */
  private static long byBacklog(RouteStatus route, Demand demand) {
    Long dispatchable = demand.dispatchable();
    Long inBroker = route.inBroker();
    if (dispatchable == null || inBroker == null) {
      return route.workers();
    }
    long published = Math.max(inBroker, demand.ready() + route.running() + route.waiting());
    long byBatch = Math.ceilDiv(dispatchable + published, Math.max(1, route.concurrency()));
    long byLive = demand.readyLive() > 0 ? route.workers() + 1 : 0; // no worker has room
    return Math.max(byBatch, byLive);
  }

  /** A held route needs one worker for the probe. */
  private static long byRateLimit(RouteStatus route, @Nullable Long toSaturate) {
    RouteStatus.Hold hold = route.hold();
    if (hold != null && hold.kind().equals("manual")) {
      return 0;
    }
    if (hold != null && !hold.partial() && !hold.kind().equals("rate_limit")) {
      return 1;
    }
    if (toSaturate != null) {
      return toSaturate;
    }
    boolean hasCalled = route.avgLatencyMs() != null;
    return hasCalled ? Long.MAX_VALUE : Math.max(1, route.workers());
  }
}
