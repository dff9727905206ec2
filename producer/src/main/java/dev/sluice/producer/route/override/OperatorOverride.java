package dev.sluice.producer.route.override;

import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.fleet.RouteOverridesMessage.LimitOverride;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hold and limits that an operator has set for one route.
 *
 * @param hold null if no operator holds the route
 * @param limits limits per minute, by limit name; absent limits are as in the settings
 */
public record OperatorOverride(String route, @Nullable Hold hold, Map<String, Long> limits) {

  public OperatorOverride {
    limits = Map.copyOf(limits);
  }

  /** Returns an override that changes nothing. */
  public static OperatorOverride none(String route) {
    return new OperatorOverride(route, null, Map.of());
  }

  /**
   * A manual hold.
   *
   * @param reason one line
   * @param since when the operator set it, UTC
   * @param until when it ends automatically, UTC; null until an operator ends it
   */
  public record Hold(String reason, Instant since, @Nullable Instant until) {}

  RouteOverridesMessage.RouteOverride message() {
    return new RouteOverridesMessage.RouteOverride(
        route,
        Optional.ofNullable(hold).map(Hold::reason).orElse(null),
        limits.entrySet().stream()
            .map(limit -> new LimitOverride(limit.getKey(), limit.getValue()))
            .toList());
  }
}
