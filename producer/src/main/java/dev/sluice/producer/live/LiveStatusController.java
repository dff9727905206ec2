package dev.sluice.producer.live;

import dev.sluice.platform.route.Routes;
import dev.sluice.producer.access.AuthenticatedCaller;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoint for the waiting live calls of each route and the statistics of each step. */
@RestController
class LiveStatusController {
  private final Routes routes;
  private final LiveAdmission liveAdmission;
  private final StepStats stepStats;

  LiveStatusController(Routes routes, LiveAdmission liveAdmission, StepStats stepStats) {
    this.routes = routes;
    this.liveAdmission = liveAdmission;
    this.stepStats = stepStats;
  }

  /** Returns the steps of all projects to the administrator, of its own project to other keys. */
  @GetMapping("/api/live")
  LiveStatus status(AuthenticatedCaller caller) {
    return new LiveStatus(
        routes.names().stream()
            .map(name -> new Waiting(name, liveAdmission.of(name).waiting()))
            .toList(),
        stepStats.rows().stream()
            .filter(row -> caller.admin() || row.project().equals(caller.project().name()))
            .toList());
  }

  record LiveStatus(List<Waiting> routes, List<StepStats.Row> steps) {}

  record Waiting(String route, int waiting) {}
}
