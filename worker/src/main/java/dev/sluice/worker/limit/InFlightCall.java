package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.TokenCost;

/**
 * A call that was let through.
 *
 * @param task whose it is
 * @param estimate what it was expected to use, as we count
 * @param charged what the buckets were charged for it, as the provider counts
 * @param startedAt in nanoseconds of the limiter's clock
 */
record InFlightCall(String task, EstimatedUsage estimate, TokenCost charged, long startedAt) {}
