package dev.sluice.producer.report;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How each route goes, and why no faster. */
@RestController
class RoutesController {
  private final RouteStatuses board;

  RoutesController(RouteStatuses board) {
    this.board = board;
  }

  @GetMapping("/api/routes")
  RouteStatuses.RouteList routes() {
    return board.now();
  }
}
