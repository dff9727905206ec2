package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.LimitKind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator's override of a route's settings.
 *
 * @param hold reason of a manual hold; null if the route is not held
 * @param perMinute limits that replace those of the settings
 */
public record RouteOverride(@Nullable String hold, Map<LimitKind, Long> perMinute) {
  /** The settings apply. */
  public static final RouteOverride NONE = new RouteOverride(null, Map.of());

  public RouteOverride {
    perMinute = Map.copyOf(perMinute);
  }
}
