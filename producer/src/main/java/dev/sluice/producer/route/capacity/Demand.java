package dev.sluice.producer.route.capacity;

import org.jspecify.annotations.Nullable;

/**
 * The waiting tasks of a route that {@code RouteStatus} does not contain.
 *
 * @param dispatchable tasks in PostgreSQL that may be published, without those of paused batches;
 *     null while the database is unavailable
 * @param ready ready messages in the broker's batch queue, from any publisher
 * @param readyLive ready messages in the broker's live queue
 */
record Demand(@Nullable Long dispatchable, long ready, long readyLive) {}
