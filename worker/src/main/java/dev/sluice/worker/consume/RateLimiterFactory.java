package dev.sluice.worker.consume;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.RateLimiter;

/** Creates the rate limiter of a route. */
@FunctionalInterface
public interface RateLimiterFactory {
  RateLimiter of(RouteSettings route);
}
