package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.TokenCost;

/**
 * A call with a permit.
 *
 * @param origin its task and source
 * @param estimate its estimated tokens, by our tokenizer
 * @param reserved what the buckets were charged, in the provider's tokens
 * @param startedAt nanoseconds of the limiter's clock
 */
record InFlightCall(
    CallOrigin origin, EstimatedUsage estimate, TokenCost reserved, long startedAt) {}
