package dev.sluice.producer.fleet;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.status.WaitingTasks;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How each route goes, and why no faster; answers also while broker or database are away. */
@RestController
class RoutesController {
  private final Routes routes;
  private final FleetView fleet;
  private final WaitingTasks waiting;
  private final Clock clock;

  RoutesController(Routes routes, FleetView fleet, WaitingTasks waiting, Clock clock) {
    this.routes = routes;
    this.fleet = fleet;
    this.waiting = waiting;
    this.clock = clock;
  }

  @GetMapping("/api/routes")
  RouteList routes() {
    WaitingTasks.Counts tasks = tasks();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return new RouteList(
        now,
        routes.all().stream()
            .map(
                route ->
                    RouteMerge.merge(
                        route,
                        fleet.serving(route.name()),
                        tasks == null ? null : tasks.of(route.name()),
                        now))
            .toList());
  }

  private WaitingTasks.@Nullable Counts tasks() {
    try {
      return waiting.count();
    } catch (DataAccessException away) {
      return null;
    }
  }

  /**
   * All routes.
   *
   * @param at the producer's time, so that clocks need not agree
   * @param routes in the order of the settings
   */
  record RouteList(Instant at, List<RouteView> routes) {}
}
