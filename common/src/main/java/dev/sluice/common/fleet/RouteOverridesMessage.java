package dev.sluice.common.fleet;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All operator overrides, published by a producer every few seconds and after each change. The
 * settings apply to a route that the message does not name.
 *
 * @param routes the routes with a manual hold or limit
 */
public record RouteOverridesMessage(List<RouteOverride> routes) {

  public RouteOverridesMessage {
    routes = routes == null ? List.of() : List.copyOf(routes);
  }

  /**
   * The override of one route.
   *
   * @param route name of the route
   * @param hold reason of the manual hold; null if the route is not held manually
   * @param limits limits that override the settings
   */
  public record RouteOverride(String route, @Nullable String hold, List<LimitOverride> limits) {
    public RouteOverride {
      Objects.requireNonNull(route, "route");
      limits = limits == null ? List.of() : List.copyOf(limits);
    }
  }

  /**
   * A limit that overrides the settings.
   *
   * @param limit as in {@link RouteReport.LimitReport}
   * @param perMinute above 0
   */
  public record LimitOverride(@JsonAlias("what") String limit, long perMinute) {
    public LimitOverride {
      Objects.requireNonNull(limit, "limit");
    }
  }
}
