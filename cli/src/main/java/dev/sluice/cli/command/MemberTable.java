package dev.sluice.cli.command;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.TextTable;
import java.util.List;
import java.util.stream.Collectors;

/** Formats the members of a route with their limits and holds. */
final class MemberTable {
  private MemberTable() {}

  static List<String> of(RouteStatus route) {
    TextTable table =
        new TextTable(
            "MEMBER",
            "ACCOUNT",
            "ORDER",
            "PROVIDER",
            "RUNNING",
            "FINISHED",
            "429S",
            "PER MINUTE",
            "HOLD");
    for (RouteStatus.Member member : route.members()) {
      RouteStatus.Hold hold = member.hold();
      table.row(
          member.name(),
          member.account(),
          Integer.toString(member.order()),
          member.provider(),
          HumanFormat.count(member.running()),
          HumanFormat.count(member.callsFinished()),
          HumanFormat.count(member.throttled()),
          limits(member),
          hold == null ? TextTable.NONE : hold.kind().replace('_', ' ') + ": " + hold.reason());
    }
    return table.lines();
  }

  private static String limits(RouteStatus.Member member) {
    String known =
        member.limits().stream()
            .filter(limit -> limit.perMinute() != null)
            .map(limit -> TextTable.count(limit.perMinute()) + " " + limit.readableName())
            .collect(Collectors.joining(", "));
    return known.isEmpty() ? TextTable.NONE : known;
  }
}
