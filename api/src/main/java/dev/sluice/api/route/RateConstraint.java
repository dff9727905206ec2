package dev.sluice.api.route;

import org.jspecify.annotations.Nullable;

/**
 * One constraint on the calls per minute of a route.
 *
 * <pre>{@code
 * {"limit": "tokens", "per_minute": 200000, "source": "advertised", "per_call": 400,
 *   "calls_per_minute": 500.0}
 * }</pre>
 *
 * @param limit name of a rate limit, or {@code fleet_concurrency}
 * @param perMinute the limit, or the workers' current target rate if the limit is unknown; null for
 *     {@code fleet_concurrency}
 * @param source {@code configured}, {@code advertised}, {@code inferred} or {@code current_rate}
 * @param perCall average use of one call; null if unknown
 * @param callsPerMinute the calls per minute that the limit allows, rounded to 0.001; null if
 *     unknown
 */
public record RateConstraint(
    String limit,
    @Nullable Long perMinute,
    String source,
    @Nullable Long perCall,
    @Nullable Double callsPerMinute) {

  /** The limit's name as text, for example {@code input tokens}. */
  public String readableName() {
    return limit.replace('_', ' ');
  }
}
