package dev.sluice.worker.fleet;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.tier.TierStatus;
import java.util.function.Supplier;

/**
 * A route of this worker.
 *
 * @param tiers what this worker knows of its service tiers
 * @param fraction this worker's fraction of its limits
 */
record LocalRoute(
    RouteSettings route, RateLimiter limiter, Supplier<TierStatus> tiers, LimitFraction fraction) {}
