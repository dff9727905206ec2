package dev.sluice.simulator.ledger;

import java.util.SortedMap;

/**
 * The sums of all calls so far.
 *
 * @param calls calls that were logged
 * @param distinctBodies how many different bodies they had
 * @param inFlight calls that came and are not over
 * @param maxInFlight the most that were in flight at once
 * @param byStatus calls by HTTP status; "none" where no answer was sent
 * @param rateLimited calls that a limit refused; a 429 by a fault is none of them
 * @param faults calls by the fault that struck them
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
