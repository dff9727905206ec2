package dev.sluice.producer.live;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.access.AuthenticatedCaller;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who waits at which door, and which steps call how often. */
@RestController
class LiveStatusController {
  private final Routes routes;
  private final LiveAdmission doors;
  private final StepStats steps;

  LiveStatusController(Routes routes, LiveAdmission doors, StepStats steps) {
    this.routes = routes;
    this.doors = doors;
    this.steps = steps;
  }

  /** The administrator sees the steps of all projects, everybody else those of his own. */
  @GetMapping("/api/live")
  LiveStatus status(AuthenticatedCaller caller) {
    return new LiveStatus(
        routes.names().stream().map(name -> new Waiting(name, doors.of(name).waiting())).toList(),
        steps.rows().stream()
            .filter(row -> caller.admin() || row.project().equals(caller.project().name()))
            .toList());
  }

  record LiveStatus(List<Waiting> routes, List<StepStats.Row> steps) {}

  record Waiting(String route, int waiting) {}
}
