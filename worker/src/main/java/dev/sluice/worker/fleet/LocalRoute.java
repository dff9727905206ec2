package dev.sluice.worker.fleet;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.RateLimiter;

/** A route of this worker, with its limiter and this worker's fraction of its limits. */
record LocalRoute(RouteSettings route, RateLimiter limiter, LimitFraction fraction) {}
