package dev.sluice.worker.consume;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.worker.limit.RateLimiter;

/** Makes the limiter of a route. */
@FunctionalInterface
public interface RateLimiterFactory {
  RateLimiter of(RouteSettings route);
}
