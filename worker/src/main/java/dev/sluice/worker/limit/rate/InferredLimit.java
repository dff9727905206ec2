package dev.sluice.worker.limit.rate;

/**
 * What a refusal taught of a limit that nobody tells.
 *
 * @param ceiling the pace that was refused, per second: where probing goes back to
 * @param rate from which it starts, per second
 */
public record InferredLimit(double ceiling, double rate) {}
