package dev.sluice.worker.limit;

import java.time.Duration;

/**
 * The state of a route after a call.
 *
 * @param holdFor how long the route or the call's source is held from now; zero if it is not held
 * @param outage whether a failure is caused by the provider, not by the request
 */
public record RouteHealth(Duration holdFor, boolean outage) {
  /** The route is not held, and a failure is caused by the request. */
  public static final RouteHealth HEALTHY = new RouteHealth(Duration.ZERO, false);
}
