package dev.sluice.producer.batch.cost;

import dev.sluice.producer.access.ProjectScope;
import java.time.LocalDate;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The endpoint for the costs of live calls. */
@RestController
class LiveCostController {
  private final LiveCosts liveCosts;

  LiveCostController(LiveCosts liveCosts) {
    this.liveCosts = liveCosts;
  }

  /**
   * The costs of live calls.
   *
   * @param month the first day of the calendar month, in UTC
   * @param costs by key and step, the highest first
   */
  record LiveCostList(LocalDate month, List<LiveCosts.LiveCost> costs) {}

  @GetMapping("/api/live/costs")
  LiveCostList costs(ProjectScope scope) {
    return new LiveCostList(liveCosts.month(), liveCosts.ofThisMonth(scope));
  }
}
