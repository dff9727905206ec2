package dev.sluice.cli.routes;

import dev.sluice.cli.client.RouteSnapshot;
import dev.sluice.cli.layout.TextTable;
import dev.sluice.cli.progress.HumanFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the providers allow, who says so, and what is left of it. */
final class LimitTable {
  private static final String[] HEAD = {"LIMIT", "PER MINUTE", "SOURCE", "PACE", "LEFT"};

  private final TextTable table;
  private final boolean named;

  private LimitTable(TextTable table, boolean named) {
    this.table = table;
    this.named = named;
  }

  /** With the route's name before its limits. */
  static LimitTable ofRoutes() {
    List<String> head = new ArrayList<>(List.of(HEAD));
    head.addFirst("ROUTE");
    return new LimitTable(new TextTable(head.toArray(String[]::new)), /* named= */ true);
  }

  static LimitTable ofOneRoute() {
    return new LimitTable(new TextTable(HEAD), /* named= */ false);
  }

  void add(RouteSnapshot route) {
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
    for (RouteSnapshot.Limit limit : route.limits()) {
      row(
          name,
          limit.words(),
          count(limit.perMinute()),
          limit.source().equals("none") ? TextTable.NONE : limit.source(),
          count(limit.pacePerMinute()),
          count(limit.left()));
      name = "";
    }
  }

  List<String> lines() {
    return table.lines();
  }

  private void row(String name, String... cells) {
    List<String> row = new ArrayList<>(List.of(cells));
    if (named) {
      row.addFirst(name);
    }
    table.row(row.toArray(String[]::new));
  }

  private static String count(OptionalLong number) {
    return number.isPresent() ? HumanFormat.count(number.getAsLong()) : TextTable.NONE;
  }
}
