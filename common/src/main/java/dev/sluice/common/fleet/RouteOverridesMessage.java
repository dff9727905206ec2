package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What people want of the routes, told by a producer to all workers every few seconds and at each
 * change. It is the whole of it: a route that is not named is left to its settings.
 *
 * @param routes those that are held or limited by hand
 */
public record RouteOverridesMessage(List<RouteOverride> routes) {

  public RouteOverridesMessage {
    routes = routes == null ? List.of() : List.copyOf(routes);
  }

  /**
   * One route.
   *
   * @param route its name
   * @param hold why nobody is to call it; null where it is not held by hand
   * @param limits what stands in for its settings
   */
  public record RouteOverride(String route, @Nullable String hold, List<LimitOverride> limits) {
    public RouteOverride {
      Objects.requireNonNull(route, "route");
      limits = limits == null ? List.of() : List.copyOf(limits);
    }
  }

  /**
   * A limit that stands in for that of the settings.
   *
   * @param what as in {@link RouteReport.LimitReport}
   * @param perMinute above 0
   */
  public record LimitOverride(String what, long perMinute) {
    public LimitOverride {
      Objects.requireNonNull(what, "what");
    }
  }
}
