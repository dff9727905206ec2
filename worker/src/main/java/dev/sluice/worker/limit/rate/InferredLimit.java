package dev.sluice.worker.limit.rate;

/**
 * An unadvertised limit, inferred from a 429 response.
 *
 * @param ceiling the rate per second at which the 429 came; the search returns to it
 * @param rate the rate per second that is used now
 */
public record InferredLimit(double ceiling, double rate) {}
