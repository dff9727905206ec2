package dev.sluice.simulator.ledger;

import java.util.SortedMap;

/**
 * Totals of all calls.
 *
 * @param calls logged calls
 * @param distinctBodies number of different request bodies
 * @param inFlight calls that have not finished
 * @param maxInFlight maximum of concurrent calls
 * @param byStatus calls by HTTP status; "none" without a response
 * @param rateLimited calls that a rate limit rejected, without injected 429s
 * @param faults calls by injected fault
 */
public record CallTotals(
    long calls,
    long distinctBodies,
    long inFlight,
    long maxInFlight,
    SortedMap<String, Long> byStatus,
    long rateLimited,
    SortedMap<String, Long> faults,
    long promptTokens,
    long completionTokens) {}
