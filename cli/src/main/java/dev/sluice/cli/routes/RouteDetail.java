package dev.sluice.cli.routes;

import dev.sluice.cli.client.RouteSnapshot;
import dev.sluice.cli.layout.KeyValueLayout;
import dev.sluice.cli.layout.TextTable;
import dev.sluice.cli.progress.HumanFormat;
import java.util.ArrayList;
import java.util.List;

/** One route, its limits and its workers. */
final class RouteDetail {
  private RouteDetail() {}

  static List<String> lines(RouteSnapshot route, int columns) {
    KeyValueLayout keyValueLayout = new KeyValueLayout(columns);
    keyValueLayout.add("Route", route.name());
    keyValueLayout.add("Provider", route.provider());
    keyValueLayout.add("Models", String.join(", ", route.models()));
    keyValueLayout.add("Workers", workers(route));
    keyValueLayout.add("Calls", calls(route));
    keyValueLayout.add("One call", oneCall(route));
    keyValueLayout.add("Backlog", backlog(route));
    keyValueLayout.add("Waits for", route.waitsFor().orElse("nothing"));
    route.hold().ifPresent(hold -> keyValueLayout.add("Why", hold.reason()));
    route.keptIn().ifPresent(place -> keyValueLayout.add("Limits", kept(place)));
    List<String> lines = new ArrayList<>(keyValueLayout.lines());
    lines.add("");
    LimitTable limits = LimitTable.ofOneRoute();
    limits.add(route);
    lines.addAll(limits.lines());
    if (!route.perWorker().isEmpty()) {
      lines.add("");
      lines.addAll(perWorker(route));
    }
    return lines;
  }

  private static String workers(RouteSnapshot route) {
    String each =
        "%s, with %s each"
            .formatted(
                HumanFormat.count(route.workers()), HumanFormat.count(route.concurrency(), "call"));
    return route.fleetConcurrency().isPresent()
        ? each
            + ", %s in the whole fleet"
                .formatted(HumanFormat.count(route.fleetConcurrency().getAsLong()))
        : each;
  }

  private static String calls(RouteSnapshot route) {
    return "%s running · %s waiting · %s ended · %s absorbed"
        .formatted(
            HumanFormat.count(route.running()),
            HumanFormat.count(route.waiting()),
            HumanFormat.count(route.callsEnded()),
            HumanFormat.count(route.throttled(), "rate limit"));
  }

  private static String oneCall(RouteSnapshot route) {
    if (route.callMs().isEmpty()) {
      return "not known: none was made yet";
    }
    String time = HumanFormat.latency(route.callMs().getAsLong());
    return route.tokensPerCall().isPresent()
        ? time + " · " + HumanFormat.count(route.tokensPerCall().getAsLong(), "token")
        : time;
  }

  private static String backlog(RouteSnapshot route) {
    return route.queued().isPresent() && route.inBroker().isPresent()
        ? "%s queued · %s in the broker"
            .formatted(
                HumanFormat.count(route.queued().getAsLong()),
                HumanFormat.count(route.inBroker().getAsLong()))
        : "not known: the database is away";
  }

  private static String kept(String place) {
    return switch (place) {
      case "worker" -> "kept by each worker for itself";
      case "divided" -> "divided over the workers";
      case "redis" -> "kept in Redis, for all workers";
      default -> "kept in " + place;
    };
  }

  private static List<String> perWorker(RouteSnapshot route) {
    boolean divided = route.perWorker().stream().anyMatch(worker -> worker.share() < 1);
    List<String> head =
        new ArrayList<>(List.of("WORKER", "RUNNING", "WAITING", "ENDED", "429S", "CALL"));
    if (divided) {
      head.add("SHARE");
    }
    head.add("WAITS FOR");
    TextTable table = new TextTable(head.toArray(String[]::new));
    for (RouteSnapshot.Worker worker : route.perWorker()) {
      List<String> row = new ArrayList<>();
      row.add(worker.name());
      row.add(HumanFormat.count(worker.running()));
      row.add(HumanFormat.count(worker.waiting()));
      row.add(HumanFormat.count(worker.callsEnded()));
      row.add(HumanFormat.count(worker.throttled()));
      row.add(
          worker.callMs().isPresent()
              ? HumanFormat.latency(worker.callMs().getAsLong())
              : TextTable.NONE);
      if (divided) {
        row.add(Math.round(worker.share() * 100) + " %");
      }
      row.add(worker.stopping() ? "its end" : waitsFor(worker));
      table.row(row.toArray(String[]::new));
    }
    return table.lines();
  }

  /** Without the time, which stands above and would make the line too long. */
  private static String waitsFor(RouteSnapshot.Worker worker) {
    return worker.waitsFor().orElse(TextTable.NONE).replaceFirst("( until |, ).*", "");
  }
}
