package dev.sluice.worker.limit.rate;

/**
 * The predicted quota of an advertised limit does not suffice for a call.
 *
 * @param by the limit
 * @param until when it probably suffices, in nanoseconds of any monotonic clock
 */
public record QuotaWait(LimitKind by, long until) {}
