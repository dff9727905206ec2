package dev.sluice.producer.capacity;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.producer.batch.BatchRouteCounters;
import dev.sluice.producer.measure.QueueMetrics;
import dev.sluice.producer.report.RouteStatus;
import dev.sluice.producer.report.RouteStatuses;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** The plans of the routes as they stand now; also while broker or database are away. */
@Component
class CapacityPlans {
  private final RouteStatuses routes;
  private final BatchRouteCounters batchRouteCounters;
  private final QueueMetrics depths;

  CapacityPlans(RouteStatuses routes, BatchRouteCounters batchRouteCounters, QueueMetrics depths) {
    this.routes = routes;
    this.batchRouteCounters = batchRouteCounters;
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
      RouteStatus route, @Nullable Map<String, Long> takeable, @Nullable Long backlog) {
    Demand demand =
        new Demand(
            takeable == null ? null : takeable.getOrDefault(route.name(), 0L),
            depths.ready(QueueNames.tasks(route.name(), Lane.BATCH)),
            depths.ready(QueueNames.tasks(route.name(), Lane.LIVE)));
    return RoutePlan.of(route, demand, backlog);
  }

  private @Nullable Map<String, Long> takeable() {
    try {
      return batchRouteCounters.dispatchable();
    } catch (DataAccessException away) {
      return null;
    }
  }
}
