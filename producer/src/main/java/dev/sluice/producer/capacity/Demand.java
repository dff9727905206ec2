package dev.sluice.producer.capacity;

import org.jspecify.annotations.Nullable;

/**
 * What waits for a route's workers beside what {@code RouteStatus} tells.
 *
 * @param takeable tasks in PostgreSQL that get a turn; null while it is away
 * @param ready tasks in the broker's queue that no worker has, whoever published them
 * @param readyLive live tasks in the broker's queue that no worker has
 */
record Demand(@Nullable Long takeable, long ready, long readyLive) {}
