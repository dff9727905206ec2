package dev.sluice.producer.route.capacity;

import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.producer.route.report.RouteStatuses;
import dev.sluice.producer.store.BatchRouteCounters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Computes the current capacity plans, also while the broker or the database is unavailable. */
@Component
class CapacityPlans {
  private final RouteStatuses routes;
  private final BatchRouteCounters batchRouteCounters;
  private final QueueMetrics queueMetrics;

  CapacityPlans(
      RouteStatuses routes, BatchRouteCounters batchRouteCounters, QueueMetrics queueMetrics) {
    this.routes = routes;
    this.batchRouteCounters = batchRouteCounters;
    this.queueMetrics = queueMetrics;
  }

  /** Returns the plans of all routes, in the order of the settings. */
  List<RoutePlan> all() {
    Map<String, Long> dispatchable = dispatchable();
    return routes.now().routes().stream().map(route -> plan(route, dispatchable, null)).toList();
  }

  /**
   * Returns the plan of one route; empty if the route does not exist.
   *
   * @param backlog the number of tasks to plan for; null for the current backlog
   */
  Optional<RoutePlan> of(String name, @Nullable Long backlog) {
    Map<String, Long> dispatchable = dispatchable();
    return routes.now().routes().stream()
        .filter(route -> route.name().equals(name))
        .findFirst()
        .map(route -> plan(route, dispatchable, backlog));
  }

  private RoutePlan plan(
      RouteStatus route, @Nullable Map<String, Long> dispatchable, @Nullable Long backlog) {
    Demand demand =
        new Demand(
            dispatchable == null ? null : dispatchable.getOrDefault(route.name(), 0L),
            queueMetrics.ready(QueueNames.tasks(route.name(), Lane.BATCH)),
            queueMetrics.ready(QueueNames.tasks(route.name(), Lane.LIVE)));
    return RoutePlanner.plan(route, demand, backlog);
  }

  private @Nullable Map<String, Long> dispatchable() {
    try {
      return batchRouteCounters.dispatchable();
    } catch (DataAccessException unavailable) {
      return null;
    }
  }
}
