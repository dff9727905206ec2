package dev.sluice.producer.route.report;

import dev.sluice.api.route.RouteList;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoint for the status of all routes. */
@RestController
class RoutesController {
  private final RouteStatuses routeStatuses;

  RoutesController(RouteStatuses routeStatuses) {
    this.routeStatuses = routeStatuses;
  }

  @GetMapping("/api/routes")
  RouteList routes() {
    return routeStatuses.now();
  }
}
