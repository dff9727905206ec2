package dev.sluice.cli.command;

import dev.sluice.api.batch.BatchView;
import dev.sluice.api.status.StatusView;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Formats the producer's status, its routes and its newest batches. */
public final class StatusReport {
  private StatusReport() {}

  public static List<String> lines(
      String url, StatusView status, List<BatchView> batches, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Sluice %s at %s · broker %s %s · database (%s) %s"
            .formatted(
                unknown(status.version()),
                url,
                status.broker().address(),
                up(status.broker().up()),
                unknown(status.database().kind()),
                up(status.database().up())));
    for (StatusView.StalledLoop loop : status.stalledLoops()) {
      lines.add(
          "STALLED: background loop '%s' has made no progress for %s; see the producer's log"
              .formatted(
                  loop.name(),
                  HumanFormat.duration(Duration.ofSeconds(loop.secondsWithoutProgress()))));
    }
    lines.add("");
    lines.addAll(routes(status.routes()));
    lines.add("");
    lines.addAll(batches(batches, now));
    return lines;
  }

  private static List<String> routes(List<StatusView.Route> routes) {
    TextTable table = new TextTable("ROUTE", "QUEUED", "IN BROKER", "MODELS");
    for (StatusView.Route route : routes) {
      table.row(
          route.name(),
          HumanFormat.count(route.queued()),
          HumanFormat.count(route.inBroker()),
          String.join(", ", route.models()));
    }
    return table.lines();
  }

  /** One line per batch. */
  public static List<String> batches(List<BatchView> batches, Instant now) {
    if (batches.isEmpty()) {
      return List.of("No batches yet.");
    }
    TextTable table =
        new TextTable("BATCH", "STATUS", "COMPLETED", "FAILED", "TOTAL", "AGE", "NAME");
    for (BatchView batch : batches) {
      Map<String, String> metadata = batch.metadata();
      table.row(
          batch.id(),
          status(batch),
          HumanFormat.count(batch.requestCounts().completed()),
          HumanFormat.count(batch.requestCounts().failed()),
          HumanFormat.count(batch.requestCounts().total()),
          age(batch.createdAt(), now),
          metadata == null ? "" : metadata.getOrDefault("name", ""));
    }
    return table.lines();
  }

  private static String status(BatchView batch) {
    BatchView.Extension extension = batch.sluice();
    return extension == null || extension.pausedBy() == null ? batch.status() : "paused";
  }

  static String age(long unixSeconds, Instant now) {
    return HumanFormat.duration(Duration.ofSeconds(now.getEpochSecond() - unixSeconds));
  }

  private static String unknown(String text) {
    return text.isEmpty() ? "?" : text;
  }

  private static String up(boolean up) {
    return up ? "up" : "DOWN";
  }
}
