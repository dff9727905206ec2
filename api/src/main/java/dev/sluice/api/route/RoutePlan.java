package dev.sluice.api.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The capacity plan of a route: how many workers use its full rate limit, and when its backlog is
 * finished. Unknown values are null and the notes name them. It has one component for each member
 * of the JSON object in the API docs.
 *
 * <pre>{@code
 * {"route": "openai", "limits": [{"limit": "requests", "per_minute": 500, "source": "advertised",
 *   "per_call": 1, "calls_per_minute": 500.0}], "binding_limit": "requests", "avg_latency_ms": 1200,
 *   "calls_in_flight": 10.0, "concurrency": 8, "fleet_concurrency": null, "workers": 1,
 *   "workers_to_saturate": 2, "workers_desired": 2, "backlog": 4000,
 *   "now": {"workers": 1, "calls_per_minute": 400.0, "seconds_left": 600},
 *   "saturated": {"workers": 2, "calls_per_minute": 500.0, "seconds_left": 480}, "notes": []}
 * }</pre>
 *
 * @param route name of the route
 * @param limits the constraints on the rate
 * @param bindingLimit the tightest known constraint; null if none is known
 * @param avgLatencyMs average latency of a call in ms; null before the first call
 * @param callsInFlight calls in flight at the rate of the binding limit; null if unknown
 * @param concurrency maximum number of concurrent calls of one worker
 * @param fleetConcurrency maximum number of concurrent calls of all workers; null for no maximum
 * @param workers number of workers that accept tasks
 * @param workersToSaturate workers that it takes to reach the binding limit; null if unknown
 * @param workersDesired workers that the route can use now
 * @param backlog unfinished tasks; null if unknown
 * @param now forecast with the present workers; null if unknown
 * @param saturated forecast with enough workers to reach the binding limit; null if unknown
 * @param notes sentences about what is unknown
 */
public record RoutePlan(
    String route,
    List<RateConstraint> limits,
    @Nullable String bindingLimit,
    @Nullable Long avgLatencyMs,
    @Nullable Double callsInFlight,
    int concurrency,
    @Nullable Integer fleetConcurrency,
    long workers,
    @Nullable Long workersToSaturate,
    long workersDesired,
    @Nullable Long backlog,
    @Nullable Forecast now,
    @Nullable Forecast saturated,
    List<String> notes) {

  /**
   * A forecast with a given number of workers.
   *
   * @param workers null if it is unknown how many workers it takes
   * @param callsPerMinute above 0
   * @param secondsLeft time until the backlog is finished; null if unknown
   */
  public record Forecast(
      @Nullable Long workers, double callsPerMinute, @Nullable Long secondsLeft) {}
}
