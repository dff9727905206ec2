package dev.sluice.producer.access;

/**
 * What of a route one key may take with live calls.
 *
 * @param concurrency calls in hand at once, from 1; 0 for as many as the route takes
 * @param requestsPerMinute calls that begin in a minute, evenly, from 1; 0 for as many as the route
 *     takes
 */
public record KeyLimits(int concurrency, int requestsPerMinute) {
  public static final KeyLimits ALL = new KeyLimits(0, 0);
}
