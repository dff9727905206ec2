package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.LimitKind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants of a route.
 *
 * @param hold why nobody is to call it; null where somebody may
 * @param perMinute limits that stand in for those of the settings
 */
public record RouteOverride(@Nullable String hold, Map<LimitKind, Long> perMinute) {
  /** Nothing but the settings. */
  public static final RouteOverride NONE = new RouteOverride(null, Map.of());

  public RouteOverride {
    perMinute = Map.copyOf(perMinute);
  }
}
