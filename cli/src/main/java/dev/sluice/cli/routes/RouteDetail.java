package dev.sluice.cli.routes;

import dev.sluice.cli.client.RouteState;
import dev.sluice.cli.layout.Labels;
import dev.sluice.cli.layout.Table;
import dev.sluice.cli.progress.Words;
import java.util.ArrayList;
import java.util.List;

/** One route, its limits and its workers. */
final class RouteDetail {
  private RouteDetail() {}

  static List<String> lines(RouteState route, int columns) {
    Labels labels = new Labels(columns);
    labels.add("Route", route.name());
    labels.add("Provider", route.provider());
    labels.add("Models", String.join(", ", route.models()));
    labels.add("Workers", workers(route));
    labels.add("Calls", calls(route));
    labels.add("One call", oneCall(route));
    labels.add("Backlog", backlog(route));
    labels.add("Waits for", route.waitsFor().orElse("nothing"));
    route.hold().ifPresent(hold -> labels.add("Why", hold.reason()));
    route.keptIn().ifPresent(place -> labels.add("Limits", kept(place)));
    List<String> lines = new ArrayList<>(labels.lines());
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

  private static String workers(RouteState route) {
    String each =
        "%s, with %s each"
            .formatted(Words.count(route.workers()), Words.count(route.concurrency(), "call"));
    return route.fleetConcurrency().isPresent()
        ? each
            + ", %s in the whole fleet".formatted(Words.count(route.fleetConcurrency().getAsLong()))
        : each;
  }

  private static String calls(RouteState route) {
    return "%s running · %s waiting · %s ended · %s absorbed"
        .formatted(
            Words.count(route.running()),
            Words.count(route.waiting()),
            Words.count(route.callsEnded()),
            Words.count(route.throttled(), "rate limit"));
  }

  private static String oneCall(RouteState route) {
    if (route.callMs().isEmpty()) {
      return "not known: none was made yet";
    }
    String time = Words.latency(route.callMs().getAsLong());
    return route.tokensPerCall().isPresent()
        ? time + " · " + Words.count(route.tokensPerCall().getAsLong(), "token")
        : time;
  }

  private static String backlog(RouteState route) {
    return route.queued().isPresent() && route.inBroker().isPresent()
        ? "%s queued · %s in the broker"
            .formatted(
                Words.count(route.queued().getAsLong()), Words.count(route.inBroker().getAsLong()))
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

  private static List<String> perWorker(RouteState route) {
    boolean divided = route.perWorker().stream().anyMatch(worker -> worker.share() < 1);
    List<String> head =
        new ArrayList<>(List.of("WORKER", "RUNNING", "WAITING", "ENDED", "429S", "CALL"));
    if (divided) {
      head.add("SHARE");
    }
    head.add("WAITS FOR");
    Table table = new Table(head.toArray(String[]::new));
    for (RouteState.Worker worker : route.perWorker()) {
      List<String> row = new ArrayList<>();
      row.add(worker.name());
      row.add(Words.count(worker.running()));
      row.add(Words.count(worker.waiting()));
      row.add(Words.count(worker.callsEnded()));
      row.add(Words.count(worker.throttled()));
      row.add(
          worker.callMs().isPresent() ? Words.latency(worker.callMs().getAsLong()) : Table.NONE);
      if (divided) {
        row.add(Math.round(worker.share() * 100) + " %");
      }
      row.add(worker.stopping() ? "its end" : waitsFor(worker));
      table.row(row.toArray(String[]::new));
    }
    return table.lines();
  }

  /** Without the time, which stands above and would make the line too long. */
  private static String waitsFor(RouteState.Worker worker) {
    return worker.waitsFor().orElse(Table.NONE).replaceFirst("( until |, ).*", "");
  }
}
