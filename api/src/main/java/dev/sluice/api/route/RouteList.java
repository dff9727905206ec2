package dev.sluice.api.route;

import java.time.Instant;
import java.util.List;

/**
 * The status of all routes.
 *
 * <pre>{@code
 * {"at": "2026-01-01T00:00:00Z", "routes": []}
 * }</pre>
 *
 * @param at the producer's time, UTC, so that clients do not depend on their own clock
 * @param routes in the order of the settings
 */
public record RouteList(Instant at, List<RouteStatus> routes) {}
