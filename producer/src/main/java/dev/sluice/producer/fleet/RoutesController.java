package dev.sluice.producer.fleet;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How each route goes, and why no faster. */
@RestController
class RoutesController {
  private final RouteBoard board;

  RoutesController(RouteBoard board) {
    this.board = board;
  }

  @GetMapping("/api/routes")
  RouteBoard.RouteList routes() {
    return board.now();
  }
}
