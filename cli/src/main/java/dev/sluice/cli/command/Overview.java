package dev.sluice.cli.command;

import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Formats the producer's status, its routes and its newest batches. */
final class Overview {
  private Overview() {}

  static List<String> lines(String url, JsonNode status, JsonNode batches, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Sluice %s at %s · broker %s %s · database (%s) %s"
            .formatted(
                status.path("version").asString("?"),
                url,
                status.path("broker").path("address").asString(""),
                up(status.path("broker")),
                status.path("database").path("kind").asString("?"),
                up(status.path("database"))));
    for (JsonNode loop : status.path("stalled_loops")) {
      lines.add(
          "STALLED: background loop '%s' has made no progress for %s; see the producer's log"
              .formatted(
                  loop.path("name").asString("?"),
                  HumanFormat.duration(
                      Duration.ofSeconds(loop.path("seconds_without_progress").asLong(0)))));
    }
    lines.add("");
    lines.addAll(routes(status.path("routes")));
    lines.add("");
    lines.addAll(batches.isEmpty() ? List.of("No batches yet.") : batches(batches, now));
    return lines;
  }

  private static List<String> routes(JsonNode routes) {
    TextTable table = new TextTable("ROUTE", "QUEUED", "IN BROKER", "MODELS");
    for (JsonNode route : routes) {
      table.row(
          route.path("name").asString(""),
          HumanFormat.count(route.path("queued").asLong(0)),
          HumanFormat.count(route.path("in_broker").asLong(0)),
          route
              .path("models")
              .valueStream()
              .map(model -> model.asString(""))
              .collect(Collectors.joining(", ")));
    }
    return table.lines();
  }

  private static List<String> batches(JsonNode batches, Instant now) {
    TextTable table = new TextTable("BATCH", "STATUS", "DONE", "FAILED", "TOTAL", "AGE", "NAME");
    for (JsonNode batch : batches) {
      JsonNode counts = batch.path("request_counts");
      table.row(
          batch.path("id").asString(""),
          batch.path("status").asString(""),
          HumanFormat.count(counts.path("completed").asLong(0)),
          HumanFormat.count(counts.path("failed").asLong(0)),
          HumanFormat.count(counts.path("total").asLong(0)),
          age(batch.path("created_at").asLong(0), now),
          batch.path("metadata").path("name").asString(""));
    }
    return table.lines();
  }

  static String age(long unixSeconds, Instant now) {
    return HumanFormat.duration(Duration.ofSeconds(now.getEpochSecond() - unixSeconds));
  }

  private static String up(JsonNode part) {
    return part.path("up").asBoolean(false) ? "up" : "DOWN";
  }
}
