package dev.sluice.cli.deadletter;

import dev.sluice.cli.layout.KeyValueLayout;
import dev.sluice.cli.layout.TextTable;
import dev.sluice.cli.task.AttemptTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Letters as a person reads them. */
final class DeadLetterTable {
  private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"([^\"]{10,})");
  private static final int LONGEST_NAME = 24;

  private DeadLetterTable() {}

  /** One line a letter, no longer than the terminal is wide. */
  static List<String> lines(JsonNode letters, int columns) {
    TextTable table = new TextTable("LETTER", "DIED", "NAME", "ROUTE", "CODE", "ERROR");
    for (JsonNode letter : letters) {
      table.row(
          text(letter, "id"),
          time(letter.path("died_at")),
          cut(text(letter, "custom_id"), LONGEST_NAME),
          text(letter, "route"),
          text(letter, "failure_code"),
          message(letter));
    }
    return table.lines().stream().map(line -> cut(line, Math.max(columns, 100))).toList();
  }

  static List<String> groups(JsonNode stats) {
    TextTable table = new TextTable("CODE", "ROUTE", "COUNT", "BATCHES", "SINCE", "LATEST");
    for (JsonNode group : stats.path("groups")) {
      table.row(
          text(group, "failure_code"),
          text(group, "route"),
          "%,d".formatted(group.path("count").asLong()),
          "%,d".formatted(group.path("batches").asLong()),
          time(group.path("since")),
          time(group.path("latest")));
    }
    return table.lines();
  }

  static List<String> whole(JsonNode letter, int columns) {
    KeyValueLayout keyValueLayout = new KeyValueLayout(columns);
    keyValueLayout.add("letter", text(letter, "id") + ", " + text(letter, "state"));
    keyValueLayout.add(
        "task", "%s, run %d".formatted(text(letter, "task_id"), letter.path("run").asInt()));
    keyValueLayout.add("batch", text(letter, "batch_id"));
    keyValueLayout.add("name", text(letter, "custom_id"));
    keyValueLayout.add("project", text(letter, "project"));
    keyValueLayout.add("route", text(letter, "route") + ", " + text(letter, "model"));
    keyValueLayout.add(
        "died", "%s of %s".formatted(time(letter.path("died_at")), text(letter, "failure_code")));
    keyValueLayout.add("status", letter.path("status_code").asString(""));
    keyValueLayout.add(
        "attempts",
        "%d, and %d rate limits; the last one by %s"
            .formatted(
                letter.path("attempts").asInt(),
                letter.path("throttles").asInt(),
                text(letter, "worker")));
    keyValueLayout.add("request id", text(letter, "request_id"));
    keyValueLayout.add("error", text(letter, "failure_detail"));
    keyValueLayout.add("refused", text(letter, "last_refusal"));
    for (JsonNode act : letter.path("acts")) {
      keyValueLayout.add(text(act, "act"), act(act));
    }
    List<String> lines = new ArrayList<>(keyValueLayout.lines());
    lines.add("");
    List<String> calls = AttemptTable.lines(letter.path("history"));
    if (!calls.isEmpty()) {
      lines.addAll(calls);
      lines.add("");
    }
    lines.add(text(letter, "request"));
    return lines;
  }

  private static String act(JsonNode act) {
    String by = text(act, "by");
    String changed = text(act, "changed");
    return "%s by %s%s: %s%s"
        .formatted(
            time(act.path("at")),
            by.isEmpty() ? "" : by + " with the key ",
            text(act, "who"),
            text(act, "why"),
            changed.isEmpty() ? "" : " (" + changed + ")");
  }

  /** What the provider says, where its error is JSON as OpenAI's; else all of it. */
  private static String message(JsonNode letter) {
    String failure = text(letter, "failure");
    Matcher message = MESSAGE.matcher(failure);
    return message.find() ? message.group(1) : failure;
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  private static String time(JsonNode seconds) {
    return seconds.isNumber() ? Instant.ofEpochSecond(seconds.asLong()).toString() : TextTable.NONE;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
