package dev.sluice.cli.command;

import dev.sluice.cli.client.RouteSnapshot;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.KeyValueLayout;
import dev.sluice.cli.terminal.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Formats one route with its limits and workers. */
final class RouteDetail {
  private RouteDetail() {}

  static List<String> lines(RouteSnapshot route, int columns) {
    KeyValueLayout keyValueLayout = new KeyValueLayout(columns);
    keyValueLayout.add("Route", route.name());
    keyValueLayout.add("Provider", route.provider());
    keyValueLayout.add("Models", String.join(", ", route.models()));
    keyValueLayout.add("Workers", workers(route));
    keyValueLayout.add("Calls", calls(route));
    keyValueLayout.add("Latency", latency(route));
    keyValueLayout.add("Backlog", backlog(route));
    keyValueLayout.add("Waits for", route.waitsFor().orElse("nothing"));
    route.hold().ifPresent(hold -> keyValueLayout.add("Reason", hold.reason()));
    route.limitStorage().ifPresent(storage -> keyValueLayout.add("Limits", limits(storage)));
    List<String> lines = new ArrayList<>(keyValueLayout.lines());
    lines.add("");
    LimitTable limits = LimitTable.ofOneRoute();
    limits.add(route);
    lines.addAll(limits.lines());
    if (!route.perWorker().isEmpty()) {
      lines.add("");
      lines.addAll(perWorker(route));
      lines.addAll(wrongClocks(route));
    }
    return lines;
  }

  private static List<String> wrongClocks(RouteSnapshot route) {
    List<String> lines = new ArrayList<>();
    for (RouteSnapshot.Worker worker : route.perWorker()) {
      if (worker.clockOffsetSeconds().isPresent()) {
        Duration offset = Duration.ofSeconds(worker.clockOffsetSeconds().getAsLong());
        lines.add("");
        lines.add(
            "The clock of %s is %s %s the producer's. Deadlines follow the producer's clock. Synchronize both, for example with NTP."
                .formatted(
                    worker.name(),
                    HumanFormat.duration(offset.abs()),
                    offset.isNegative() ? "behind" : "ahead of"));
      }
    }
    return lines;
  }

  private static String workers(RouteSnapshot route) {
    String each =
        "%s, up to %s each"
            .formatted(
                HumanFormat.count(route.workers()), HumanFormat.count(route.concurrency(), "call"));
    return route.fleetConcurrency().isPresent()
        ? each
            + ", %s in the fleet".formatted(HumanFormat.count(route.fleetConcurrency().getAsLong()))
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

  private static String latency(RouteSnapshot route) {
    if (route.avgLatencyMs().isEmpty()) {
      return "unknown: no call yet";
    }
    String time = HumanFormat.latency(route.avgLatencyMs().getAsLong());
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
        : "unknown: the database is unavailable";
  }

  private static String limits(String storage) {
    return switch (storage) {
      case "worker" -> "applied by each worker separately";
      case "partitioned" -> "partitioned across the workers";
      case "redis" -> "shared by all workers in Redis";
      default -> "stored in " + storage;
    };
  }

  private static List<String> perWorker(RouteSnapshot route) {
    boolean partitioned = route.perWorker().stream().anyMatch(worker -> worker.limitFraction() < 1);
    List<String> headers =
        new ArrayList<>(List.of("WORKER", "RUNNING", "WAITING", "ENDED", "429S", "LATENCY"));
    if (partitioned) {
      headers.add("FRACTION");
    }
    headers.add("WAITS FOR");
    TextTable table = new TextTable(headers.toArray(String[]::new));
    for (RouteSnapshot.Worker worker : route.perWorker()) {
      List<String> row = new ArrayList<>();
      row.add(worker.name());
      row.add(HumanFormat.count(worker.running()));
      row.add(HumanFormat.count(worker.waiting()));
      row.add(HumanFormat.count(worker.callsEnded()));
      row.add(HumanFormat.count(worker.throttled()));
      row.add(
          worker.avgLatencyMs().isPresent()
              ? HumanFormat.latency(worker.avgLatencyMs().getAsLong())
              : TextTable.NONE);
      if (partitioned) {
        row.add(Math.round(worker.limitFraction() * 100) + " %");
      }
      row.add(worker.stopping() ? "shutting down" : waitsFor(worker));
      table.row(row.toArray(String[]::new));
    }
    return table.lines();
  }

  /** Omits the time, which is already in the route's own line. */
  private static String waitsFor(RouteSnapshot.Worker worker) {
    return worker.waitsFor().orElse(TextTable.NONE).replaceFirst("( until |, ).*", "");
  }
}
