package dev.sluice.worker.limit.rate;

/**
 * A call that was sent.
 *
 * @param reserved what it was expected to consume
 * @param sequence number of the call in this worker; later calls have higher numbers
 * @param at when it was sent, in nanoseconds of any monotonic clock
 */
public record SentCall(TokenCost reserved, long sequence, long at) {}
