package dev.sluice.producer.capacity;

import dev.sluice.producer.error.ApiException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How many workers a route can use, for people and for what scales them. */
@RestController
class PlanController {
  private final CapacityPlans board;

  PlanController(CapacityPlans board) {
    this.board = board;
  }

  /** All routes. */
  record Plans(List<RoutePlan> plans) {}

  @GetMapping("/api/plan")
  Plans plans() {
    return new Plans(board.all());
  }

  @GetMapping("/api/plan/{route}")
  RoutePlan plan(
      @PathVariable String route, @RequestParam(required = false) @Nullable Long backlog) {
    if (backlog != null && backlog < 0) {
      throw ApiException.badRequest(
          "Invalid value for 'backlog': %d. It is a number of tasks, at least 0."
              .formatted(backlog),
          "backlog",
          "invalid_value");
    }
    return board.of(route, backlog).orElseThrow(() -> noSuchRoute(route));
  }

  private ApiException noSuchRoute(String route) {
    return ApiException.notFound(
        "There is no route '%s'; there are %s."
            .formatted(
                route,
                board.all().stream().map(RoutePlan::route).collect(Collectors.joining(", "))),
        "route");
  }
}
