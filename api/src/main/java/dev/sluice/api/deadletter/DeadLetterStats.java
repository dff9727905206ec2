package dev.sluice.api.deadletter;

import java.util.List;

/**
 * Statistics of the dead letters that match a filter.
 *
 * <pre>{@code
 * {"object": "dead_letter_stats", "total": 3, "groups": [{"failure_code": "invalid_request",
 *   "route": "openai", "count": 3, "batches": 1, "since": 1767225600, "latest": 1767225660}]}
 * }</pre>
 *
 * @param object always {@code dead_letter_stats}
 * @param total number of dead letters
 * @param groups the most frequent first
 */
public record DeadLetterStats(String object, long total, List<Group> groups) {

  /**
   * Dead letters of one failure code and route.
   *
   * @param failureCode reason of the failure
   * @param route name of the route
   * @param count number of dead letters
   * @param batches number of batches that they belong to
   * @param since when the first was stored, Unix seconds, UTC
   * @param latest when the last was stored, Unix seconds, UTC
   */
  public record Group(
      String failureCode, String route, long count, long batches, long since, long latest) {}
}
