package dev.sluice.cli.command.deadletter;

import dev.sluice.cli.command.AttemptTable;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.KeyValueLayout;
import dev.sluice.cli.terminal.TextTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Formats dead letters for the terminal. */
final class DeadLetterTable {
  private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"([^\"]{10,})");
  private static final int MAX_NAME_LENGTH = 24;
  private static final int MIN_LINE_LENGTH = 100;

  private DeadLetterTable() {}

  /** One line per dead letter, truncated to the width of the terminal. */
  static List<String> lines(JsonNode deadLetters, int columns) {
    TextTable table =
        new TextTable("DEAD LETTER", "FAILED AT", "CUSTOM ID", "ROUTE", "CODE", "ERROR");
    for (JsonNode deadLetter : deadLetters) {
      table.row(
          text(deadLetter, "id"),
          time(deadLetter.path("dead_lettered_at")),
          truncate(text(deadLetter, "custom_id"), MAX_NAME_LENGTH),
          text(deadLetter, "route"),
          text(deadLetter, "failure_code"),
          message(deadLetter));
    }
    int maxLength = Math.max(columns, MIN_LINE_LENGTH);
    return table.lines().stream().map(line -> truncate(line, maxLength)).toList();
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

  /** All fields of one dead letter, its audit log, attempts and request. */
  static List<String> detail(JsonNode deadLetter, int columns) {
    KeyValueLayout keyValueLayout = new KeyValueLayout(columns);
    keyValueLayout.add("dead letter", text(deadLetter, "id") + ", " + text(deadLetter, "state"));
    keyValueLayout.add(
        "task",
        "%s, run %d".formatted(text(deadLetter, "task_id"), deadLetter.path("run").asInt()));
    keyValueLayout.add("batch", text(deadLetter, "batch_id"));
    keyValueLayout.add("custom id", text(deadLetter, "custom_id"));
    keyValueLayout.add("project", text(deadLetter, "project"));
    keyValueLayout.add("route", text(deadLetter, "route") + ", " + text(deadLetter, "model"));
    keyValueLayout.add(
        "failed",
        "%s, %s"
            .formatted(
                time(deadLetter.path("dead_lettered_at")), text(deadLetter, "failure_code")));
    keyValueLayout.add("status", deadLetter.path("status_code").asString(""));
    keyValueLayout.add(
        "attempts",
        "%d, plus %s; last call by %s"
            .formatted(
                deadLetter.path("attempts").asInt(),
                HumanFormat.count(deadLetter.path("throttles").asLong(), "rate-limited call"),
                text(deadLetter, "worker")));
    keyValueLayout.add("request id", text(deadLetter, "request_id"));
    keyValueLayout.add("error", text(deadLetter, "failure_detail"));
    keyValueLayout.add("answer", text(deadLetter, "answer"));
    keyValueLayout.add("rejected", text(deadLetter, "last_rejection"));
    for (JsonNode entry : deadLetter.path("audit")) {
      keyValueLayout.add(text(entry, "action"), auditEntry(entry));
    }
    List<String> lines = new ArrayList<>(keyValueLayout.lines());
    lines.add("");
    List<String> attempts = AttemptTable.lines(deadLetter.path("history"));
    if (!attempts.isEmpty()) {
      lines.addAll(attempts);
      lines.add("");
    }
    lines.add(text(deadLetter, "request"));
    return lines;
  }

  private static String auditEntry(JsonNode entry) {
    String operator = text(entry, "operator");
    String changes = text(entry, "changes");
    return "%s by %s%s: %s%s"
        .formatted(
            time(entry.path("at")),
            operator.isEmpty() ? "" : operator + " with API key ",
            text(entry, "api_key"),
            text(entry, "reason"),
            changes.isEmpty() ? "" : " (" + changes + ")");
  }

  /** The message of an error in OpenAI's format, else the whole error. */
  private static String message(JsonNode deadLetter) {
    String failure = text(deadLetter, "failure");
    Matcher message = MESSAGE.matcher(failure);
    return message.find() ? message.group(1) : failure;
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  private static String time(JsonNode seconds) {
    return seconds.isNumber() ? Instant.ofEpochSecond(seconds.asLong()).toString() : TextTable.NONE;
  }

  private static String truncate(String text, int maxLength) {
    return text.length() <= maxLength ? text : text.substring(0, maxLength - 1) + "…";
  }
}
