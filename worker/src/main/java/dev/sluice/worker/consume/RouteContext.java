package dev.sluice.worker.consume;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.Tracing;
import dev.sluice.worker.tier.RouteTiers;
import java.util.List;

/**
 * What all tasks of one route share in this worker.
 *
 * @param members the providers of the route, at least one
 * @param projectTasks the tasks of each project that are being processed
 */
record RouteContext(
    RouteSettings settings,
    List<MemberConnection> members,
    RateLimiter limiter,
    SettlementPolicy policy,
    RouteTiers tiers,
    ProjectTasks projectTasks,
    WorkerMetrics metrics,
    Tracing tracing,
    ContentLog contentLog) {

  RouteContext {
    members = List.copyOf(members);
  }
}
