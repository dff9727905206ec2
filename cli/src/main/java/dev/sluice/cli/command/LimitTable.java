package dev.sluice.cli.command;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.cli.terminal.TextTable;
import java.util.List;
import java.util.stream.Stream;

/** Formats rate limits with their source, target rate and remaining quota. */
final class LimitTable {
  private static final String[] HEADERS = {
    "LIMIT", "PER MINUTE", "SOURCE", "TARGET/MIN", "REMAINING"
  };

  private LimitTable() {}

  static List<String> ofOneRoute(RouteStatus route) {
    TextTable table = new TextTable(HEADERS);
    cells(route).forEach(table::row);
    return table.lines();
  }

  /** A table with a column for the route's name. */
  static List<String> ofRoutes(List<RouteStatus> routes) {
    TextTable table = new TextTable(withName("ROUTE", HEADERS));
    for (RouteStatus route : routes) {
      String name = route.name();
      for (String[] cells : cells(route)) {
        table.row(withName(name, cells));
        name = "";
      }
    }
    return table.lines();
  }

  private static String[] withName(String name, String[] cells) {
    return Stream.concat(Stream.of(name), Stream.of(cells)).toArray(String[]::new);
  }

  private static List<String[]> cells(RouteStatus route) {
    if (route.limits().isEmpty()) {
      String none = TextTable.NONE;
      return List.<String[]>of(new String[] {"none known", none, none, none, none});
    }
    return route.limits().stream().map(limit -> cells(limit, route.held())).toList();
  }

  private static String[] cells(RouteStatus.Limit limit, boolean held) {
    return new String[] {
      limit.readableName(),
      TextTable.count(limit.perMinute()),
      limit.source().equals("unknown") ? TextTable.NONE : limit.source(),
      held ? "0" : TextTable.count(limit.targetPerMinute()),
      TextTable.count(limit.remaining())
    };
  }
}
