package dev.sluice.producer.route.capacity;

import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RoutePlans;
import dev.sluice.producer.web.ApiException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoints for the capacity plans, for operators and autoscalers. */
@RestController
class PlanController {
  private final CapacityPlans capacityPlans;

  PlanController(CapacityPlans capacityPlans) {
    this.capacityPlans = capacityPlans;
  }

  @GetMapping("/api/plan")
  RoutePlans plans() {
    return new RoutePlans(capacityPlans.all());
  }

  @GetMapping("/api/plan/{route}")
  RoutePlan plan(
      @PathVariable String route, @RequestParam(required = false) @Nullable Long backlog) {
    if (backlog != null && backlog < 0) {
      throw ApiException.badRequest(
          "Invalid value for 'backlog': %d. It must be a number of tasks, at least 0."
              .formatted(backlog),
          "backlog",
          "invalid_value");
    }
    return capacityPlans.of(route, backlog).orElseThrow(() -> noSuchRoute(route));
  }

  private ApiException noSuchRoute(String route) {
    return ApiException.notFound(
        "Route '%s' does not exist. Routes: %s."
            .formatted(
                route,
                capacityPlans.all().stream()
                    .map(RoutePlan::route)
                    .collect(Collectors.joining(", "))),
        "route");
  }
}
