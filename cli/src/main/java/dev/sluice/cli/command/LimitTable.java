package dev.sluice.cli.command;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.cli.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;

/** Formats rate limits with their source, target rate and remaining quota. */
final class LimitTable {
  private static final String[] HEADERS = {
    "LIMIT", "PER MINUTE", "SOURCE", "TARGET/MIN", "REMAINING"
  };

  private final TextTable table;
  private final boolean hasRouteColumn;

  private LimitTable(TextTable table, boolean hasRouteColumn) {
    this.table = table;
    this.hasRouteColumn = hasRouteColumn;
  }

  /** A table with a column for the route's name. */
  static LimitTable ofRoutes() {
    List<String> headers = new ArrayList<>(List.of(HEADERS));
    headers.addFirst("ROUTE");
    return new LimitTable(
        new TextTable(headers.toArray(String[]::new)), /* hasRouteColumn= */ true);
  }

  static LimitTable ofOneRoute() {
    return new LimitTable(new TextTable(HEADERS), /* hasRouteColumn= */ false);
  }

  void add(RouteStatus route) {
    if (route.limits().isEmpty()) {
      row(
          route.name(),
          "none known",
          TextTable.NONE,
          TextTable.NONE,
          TextTable.NONE,
          TextTable.NONE);
    }
    String name = route.name();
    for (RouteStatus.Limit limit : route.limits()) {
      row(
          name,
          limit.readableName(),
          TextTable.count(limit.perMinute()),
          limit.source().equals("unknown") ? TextTable.NONE : limit.source(),
          route.held() ? "0" : TextTable.count(limit.targetPerMinute()),
          TextTable.count(limit.remaining()));
      name = "";
    }
  }

  List<String> lines() {
    return table.lines();
  }

  private void row(String name, String... cells) {
    List<String> row = new ArrayList<>(List.of(cells));
    if (hasRouteColumn) {
      row.addFirst(name);
    }
    table.row(row.toArray(String[]::new));
  }
}
