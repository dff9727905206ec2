package dev.sluice.producer.access;

/**
 * The limits of an API key's live calls on one producer, over all routes.
 *
 * @param concurrency maximum number of parallel calls, at least 1; 0 for no limit
 * @param requestsPerMinute calls per minute, evenly spaced, at least 1; 0 for no limit
 */
public record KeyLimits(int concurrency, int requestsPerMinute) {
  public static final KeyLimits NONE = new KeyLimits(0, 0);
}
