package dev.sluice.cli.command;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.KeyValueLayout;
import dev.sluice.cli.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;

/** Formats all routes with their state, limits and holds. */
public final class RouteOverview {
  private RouteOverview() {}

  /**
   * The routes, their limits and the reasons of their holds.
   *
   * @param columns maximum width of a reason
   */
  public static List<String> lines(List<RouteStatus> routes, int columns) {
    TextTable table = new TextTable("ROUTE", "WORKERS", "RUNNING", "WAITING", "WAITS FOR");
    KeyValueLayout holds = new KeyValueLayout(columns);
    for (RouteStatus route : routes) {
      table.row(
          route.name(),
          HumanFormat.count(route.workers()),
          HumanFormat.count(route.running()),
          HumanFormat.count(route.waiting()),
          TextTable.text(route.waitsFor()));
      RouteStatus.Hold hold = route.hold();
      if (hold != null) {
        holds.sentence(
            route.name()
                + (hold.partial() ? ": a batch or caller is held: " : " is held: ")
                + hold.reason());
      }
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.addAll(LimitTable.ofRoutes(routes));
    if (!holds.lines().isEmpty()) {
      lines.add("");
      lines.addAll(holds.lines());
    }
    return lines;
  }
}
