package dev.sluice.api.route;

import java.util.List;

/**
 * The capacity plans of all routes.
 *
 * <pre>{@code
 * {"plans": []}
 * }</pre>
 *
 * @param plans in the order of the settings
 */
public record RoutePlans(List<RoutePlan> plans) {}
