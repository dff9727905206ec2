package dev.sluice.cli.command;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.KeyValueLayout;
import dev.sluice.cli.terminal.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Formats one route with its limits, members and workers. */
public final class RouteDetail {
  private RouteDetail() {}

  /**
   * The route, its limits, its members and its workers.
   *
   * @param columns maximum width of a value
   */
  public static List<String> lines(RouteStatus route, int columns) {
    KeyValueLayout keyValueLayout = new KeyValueLayout(columns);
    keyValueLayout.add("Route", route.name());
    keyValueLayout.add("Provider", route.provider());
    keyValueLayout.add("Models", String.join(", ", route.models()));
    keyValueLayout.add("Workers", workers(route));
    keyValueLayout.add("Calls", calls(route));
    keyValueLayout.add("Latency", latency(route));
    keyValueLayout.add("Backlog", backlog(route));
    keyValueLayout.add("Flex tier", flexTier(route.tier()));
    keyValueLayout.add("Waits for", Objects.requireNonNullElse(route.waitsFor(), "nothing"));
    keyValueLayout.add("Reason", route.hold() == null ? null : route.hold().reason());
    keyValueLayout.add(
        "Limits", route.limitStorage() == null ? null : limits(route.limitStorage()));
    List<String> lines = new ArrayList<>(keyValueLayout.lines());
    lines.add("");
    lines.addAll(LimitTable.ofOneRoute(route));
    if (!route.members().isEmpty()) {
      lines.add("");
      lines.addAll(MemberTable.of(route));
    }
    if (!route.perWorker().isEmpty()) {
      lines.add("");
      lines.addAll(perWorker(route));
      lines.addAll(wrongClocks(route));
    }
    return lines;
  }

  private static List<String> wrongClocks(RouteStatus route) {
    List<String> lines = new ArrayList<>();
    for (RouteStatus.Worker worker : route.perWorker()) {
      if (worker.clockOffsetSeconds() != null) {
        Duration offset = Duration.ofSeconds(worker.clockOffsetSeconds());
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

  private static String workers(RouteStatus route) {
    String each =
        "%s, up to %s each"
            .formatted(
                HumanFormat.count(route.workers()), HumanFormat.count(route.concurrency(), "call"));
    return route.fleetConcurrency() == null
        ? each
        : each + ", at most %s together".formatted(HumanFormat.count(route.fleetConcurrency()));
  }

  private static String calls(RouteStatus route) {
    return "%s running · %s waiting · %s finished · %s with 429"
        .formatted(
            HumanFormat.count(route.running()),
            HumanFormat.count(route.waiting()),
            HumanFormat.count(route.callsFinished()),
            HumanFormat.count(route.throttled(), "response"));
  }

  private static String latency(RouteStatus route) {
    if (route.avgLatencyMs() == null) {
      return "unknown: no call yet";
    }
    String time = HumanFormat.latency(route.avgLatencyMs());
    return route.tokensPerCall() == null
        ? time
        : time + " · " + HumanFormat.count(route.tokensPerCall(), "token");
  }

  private static String backlog(RouteStatus route) {
    return route.queued() == null || route.inBroker() == null
        ? "unknown: the database is unavailable"
        : "%s queued · %s in the broker"
            .formatted(HumanFormat.count(route.queued()), HumanFormat.count(route.inBroker()));
  }

  private static @Nullable String flexTier(RouteStatus.@Nullable Tier tier) {
    if (tier == null) { // an earlier version of the producer
      return null;
    }
    List<String> parts = new ArrayList<>();
    if (tier.name().equals("flex")) {
      parts.add("default");
    }
    if (tier.recentCalls() > 0) {
      parts.add(
          "%s of the last %s refused"
              .formatted(
                  HumanFormat.count(tier.recentRefusals()),
                  HumanFormat.count(tier.recentCalls(), "call")));
    }
    if (!tier.modelsWithoutFlex().isEmpty()) {
      parts.add("not for " + String.join(", ", tier.modelsWithoutFlex()));
    }
    return parts.isEmpty() ? null : String.join(" · ", parts);
  }

  private static String limits(String storage) {
    return switch (storage) {
      case "worker" -> "applied by each worker separately";
      case "partitioned" -> "partitioned across the workers";
      case "redis" -> "shared by all workers in Redis";
      default -> "stored in " + storage;
    };
  }

  private static List<String> perWorker(RouteStatus route) {
    boolean partitioned =
        route.perWorker().stream()
            .mapToDouble(RouteStatus.Worker::limitFraction)
            .anyMatch(
                fraction -> fraction > 0 && fraction < 1); // 0 if the producer does not send it
    List<String> headers =
        new ArrayList<>(List.of("WORKER", "RUNNING", "WAITING", "FINISHED", "429S", "LATENCY"));
    if (partitioned) {
      headers.add("OF LIMIT");
    }
    headers.add("WAITS FOR");
    TextTable table = new TextTable(headers.toArray(String[]::new));
    for (RouteStatus.Worker worker : route.perWorker()) {
      List<String> row = new ArrayList<>();
      row.add(worker.name());
      row.add(HumanFormat.count(worker.running()));
      row.add(HumanFormat.count(worker.waiting()));
      row.add(HumanFormat.count(worker.callsFinished()));
      row.add(HumanFormat.count(worker.throttled()));
      row.add(
          worker.avgLatencyMs() == null
              ? TextTable.NONE
              : HumanFormat.latency(worker.avgLatencyMs()));
      if (partitioned) {
        row.add(Math.round(worker.limitFraction() * 100) + " %");
      }
      row.add(worker.stopping() ? "shutting down" : waitsFor(worker));
      table.row(row.toArray(String[]::new));
    }
    return table.lines();
  }

  /** Omits the time, which is already in the route's own line. */
  private static String waitsFor(RouteStatus.Worker worker) {
    return TextTable.text(worker.waitsFor()).replaceFirst("( until |, ).*", "");
  }
}
