package dev.sluice.producer.plan;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.producer.batch.Shares;
import dev.sluice.producer.fleet.RouteBoard;
import dev.sluice.producer.fleet.RouteView;
import dev.sluice.producer.measure.DepthMetrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** The plans of the routes as they stand now; also while broker or database are away. */
@Component
class PlanBoard {
  private final RouteBoard routes;
  private final Shares shares;
  private final DepthMetrics depths;

  PlanBoard(RouteBoard routes, Shares shares, DepthMetrics depths) {
    this.routes = routes;
    this.shares = shares;
    this.depths = depths;
  }

  /** In the order of the settings. */
  List<RoutePlan> all() {
    Map<String, Long> takeable = takeable();
    return routes.now().routes().stream().map(route -> plan(route, takeable, null)).toList();
  }

  /**
   * That of one route; empty where there is none of this name.
   *
   * @param backlog how many tasks to count with; null for those that wait
   */
  Optional<RoutePlan> of(String name, @Nullable Long backlog) {
    Map<String, Long> takeable = takeable();
    return routes.now().routes().stream()
        .filter(route -> route.name().equals(name))
        .findFirst()
        .map(route -> plan(route, takeable, backlog));
  }

  private RoutePlan plan(
      RouteView route, @Nullable Map<String, Long> takeable, @Nullable Long backlog) {
    Demand demand =
        new Demand(
            takeable == null ? null : takeable.getOrDefault(route.name(), 0L),
            depths.ready(QueueNames.tasks(route.name(), Lane.BATCH)),
            depths.ready(QueueNames.tasks(route.name(), Lane.LIVE)));
    return RoutePlan.of(route, demand, backlog);
  }

  private @Nullable Map<String, Long> takeable() {
    try {
      return shares.takeable();
    } catch (DataAccessException away) {
      return null;
    }
  }
}
