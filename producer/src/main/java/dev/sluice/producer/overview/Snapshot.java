package dev.sluice.producer.overview;

import dev.sluice.producer.fleet.RouteView;
import dev.sluice.producer.status.StatusBoard;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Everything, as it stands at one moment.
 *
 * @param at the producer's time
 * @param routes in the order of the settings
 * @param points each route's newest throughput
 * @param batches the project's newest ones; empty while the database is away
 */
record Snapshot(
    Instant at,
    StatusBoard.Status status,
    List<RouteView> routes,
    Map<String, List<Throughput.Point>> points,
    List<BatchLine> batches) {}
