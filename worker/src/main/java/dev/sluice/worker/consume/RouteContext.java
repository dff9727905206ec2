package dev.sluice.worker.consume;

import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.Tracing;
import dev.sluice.worker.tier.RouteTiers;

/** What all tasks of one route share in this worker. */
record RouteContext(
    RouteSettings settings,
    ProviderConnection provider,
    RateLimiter limiter,
    SettlementPolicy policy,
    RouteTiers tiers,
    WorkerMetrics metrics,
    Tracing tracing,
    ContentLog contentLog) {}
