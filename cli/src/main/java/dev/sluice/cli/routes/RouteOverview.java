package dev.sluice.cli.routes;

import dev.sluice.cli.client.RouteState;
import dev.sluice.cli.layout.Labels;
import dev.sluice.cli.layout.Table;
import dev.sluice.cli.progress.Words;
import java.util.ArrayList;
import java.util.List;

/** All routes: how they go, what limits them, and why those rest that do. */
final class RouteOverview {
  private RouteOverview() {}

  static List<String> lines(List<RouteState> routes, int columns) {
    Table table = new Table("ROUTE", "WORKERS", "RUNNING", "WAITING", "WAITS FOR");
    LimitTable limits = LimitTable.ofRoutes();
    Labels holds = new Labels(columns);
    for (RouteState route : routes) {
      table.row(
          route.name(),
          Words.count(route.workers()),
          Words.count(route.running()),
          Words.count(route.waiting()),
          route.waitsFor().orElse(Table.NONE));
      limits.add(route);
      route.hold().ifPresent(hold -> holds.sentence(route.name() + " rests: " + hold.reason()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.addAll(limits.lines());
    if (!holds.lines().isEmpty()) {
      lines.add("");
      lines.addAll(holds.lines());
    }
    return lines;
  }
}
