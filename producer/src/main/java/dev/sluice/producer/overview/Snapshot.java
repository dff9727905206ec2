package dev.sluice.producer.overview;

import dev.sluice.producer.live.StepStats;
import dev.sluice.producer.report.RouteStatus;
import dev.sluice.producer.status.SystemStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything, as it stands at one moment.
 *
 * @param at the producer's time
 * @param project whose batches and steps they are; null for all
 * @param routes in the order of the settings
 * @param points each route's newest throughput
 * @param batches the newest ones; empty while the database is away
 * @param steps those that call most of all live callers
 */
record Snapshot(
    Instant at,
    @Nullable String project,
    SystemStatus.Status status,
    List<RouteStatus> routes,
    Map<String, List<Throughput.Point>> points,
    List<BatchSummary> batches,
    List<StepStats.Row> steps) {}
