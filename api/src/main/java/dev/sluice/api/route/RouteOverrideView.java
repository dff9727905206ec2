package dev.sluice.api.route;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The override of a route by an operator.
 *
 * <pre>{@code
 * {"route": "openai", "hold": {"reason": "maintenance", "since": "2026-01-01T00:00:00Z",
 *   "until": null}, "limits": {"requests": 100}}
 * }</pre>
 *
 * @param route name of the route
 * @param hold null if no operator holds the route
 * @param limits overridden limits per minute, by limit name
 */
public record RouteOverrideView(String route, @Nullable Hold hold, Map<String, Long> limits) {

  /**
   * A hold of a route.
   *
   * @param reason one line of at most 200 characters
   * @param since when it began, UTC
   * @param until when it ends, UTC; null until an operator releases it
   */
  public record Hold(String reason, Instant since, @Nullable Instant until) {}

  /**
   * A request to hold a route.
   *
   * @param reason one line of at most 200 characters; null for none
   * @param minutes how long the hold lasts; null until an operator releases it
   */
  public record HoldRequest(@Nullable String reason, @Nullable Long minutes) {}
}
