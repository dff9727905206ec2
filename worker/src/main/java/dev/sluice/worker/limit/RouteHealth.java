package dev.sluice.worker.limit;

import java.time.Duration;

/**
 * What the end of a call says of its route.
 *
 * @param holdFor how long the route rests from now on; nothing where it does not
 * @param outage whether the provider, not the request, is to be blamed for a failure
 */
public record RouteHealth(Duration holdFor, boolean outage) {
  /** The route goes on, and a failure is the request's own. */
  public static final RouteHealth HEALTHY = new RouteHealth(Duration.ZERO, false);
}
