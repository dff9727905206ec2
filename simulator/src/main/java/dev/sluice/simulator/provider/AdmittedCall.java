package dev.sluice.simulator.provider;

import dev.sluice.simulator.limit.RateLimitStatus;
import dev.sluice.simulator.openai.ModelRequest;

/**
 * A call that the limits admitted.
 *
 * @param chargedTokens tokens charged to the limits
 */
record AdmittedCall(
    Endpoint endpoint,
    ModelRequest request,
    String key,
    long chargedTokens,
    RateLimitStatus rateLimitStatus) {}
