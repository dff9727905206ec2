package dev.sluice.producer.status;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What runs where, and how much waits. */
@RestController
class StatusController {
  private final SystemStatus board;

  StatusController(SystemStatus board) {
    this.board = board;
  }

  @GetMapping("/api/status")
  SystemStatus.Status status() {
    return board.now();
  }
}
