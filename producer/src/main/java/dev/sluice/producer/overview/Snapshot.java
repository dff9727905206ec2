package dev.sluice.producer.overview;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.api.status.StatusView;
import dev.sluice.producer.batch.cost.LiveCosts;
import dev.sluice.producer.live.StepStats;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of the system at one moment, as the overview page shows it.
 *
 * @param at the producer's time, UTC
 * @param project the project of the batches and steps; null for all projects
 * @param status version, broker and database
 * @param routes in the order of the settings
 * @param points the newest throughput points by route
 * @param batches the newest batches; empty while the database is unavailable
 * @param deadLetters open dead letters of the scope, counted every 5 s
 * @param steps the steps with the most live calls
 * @param liveCosts the keys and steps whose live calls cost most in this month (UTC), read every 5
 *     s
 */
record Snapshot(
    Instant at,
    @Nullable String project,
    StatusView status,
    List<RouteStatus> routes,
    Map<String, List<Throughput.Point>> points,
    List<BatchSummary> batches,
    long deadLetters,
    List<StepStats.Row> steps,
    List<LiveCosts.LiveCost> liveCosts) {}
