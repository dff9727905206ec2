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
  private final LiveAdmission liveAdmission;
  private final StepStats stepStats;

  LiveStatusController(Routes routes, LiveAdmission liveAdmission, StepStats stepStats) {
    this.routes = routes;
    this.liveAdmission = liveAdmission;
    this.stepStats = stepStats;
  }

  /** The administrator sees the steps of all projects, everybody else those of his own. */
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
