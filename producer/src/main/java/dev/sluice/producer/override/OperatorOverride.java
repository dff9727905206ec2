package dev.sluice.producer.override;

import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.fleet.RouteOverridesMessage.LimitOverride;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What people want of one route.
 *
 * @param hold null where it is not held by hand
 * @param limits per minute, by what they limit; what is not there is as in the settings
 */
public record OperatorOverride(String route, @Nullable Hold hold, Map<String, Long> limits) {

  public OperatorOverride {
    limits = Map.copyOf(limits);
  }

  /** Nothing but its settings. */
  public static OperatorOverride none(String route) {
    return new OperatorOverride(route, null, Map.of());
  }

  /**
   * A hold by hand.
   *
   * @param reason a sentence
   * @param until when it ends by itself; null for when somebody ends it
   */
  public record Hold(String reason, Instant since, @Nullable Instant until) {}

  RouteOverridesMessage.RouteOverride notice() {
    return new RouteOverridesMessage.RouteOverride(
        route,
        Optional.ofNullable(hold).map(Hold::reason).orElse(null),
        limits.entrySet().stream()
            .map(limit -> new LimitOverride(limit.getKey(), limit.getValue()))
            .toList());
  }
}
