package dev.sluice.producer.overview;

import dev.sluice.api.status.StatusView;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoint for the system status. */
@RestController
class StatusController {
  private final SystemStatus systemStatus;

  StatusController(SystemStatus systemStatus) {
    this.systemStatus = systemStatus;
  }

  @GetMapping("/api/status")
  StatusView status() {
    return systemStatus.now();
  }
}
