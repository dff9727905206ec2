package dev.sluice.cli.command.deadletter;

import dev.sluice.api.deadletter.DeadLetterStats;
import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.api.deadletter.PeekedDeadLetters;
import dev.sluice.cli.command.CallTable;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.KeyValueLayout;
import dev.sluice.cli.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Formats dead letters for the terminal. */
public final class DeadLetterTable {
  private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"([^\"]{10,})");
  private static final int MAX_NAME_LENGTH = 24;
  private static final int MIN_LINE_LENGTH = 100;

  private DeadLetterTable() {}

  /** One line per dead letter, truncated to the width of the terminal. */
  public static List<String> lines(List<DeadLetterView> deadLetters, int columns) {
    TextTable table =
        new TextTable("DEAD LETTER", "FAILED AT", "CUSTOM ID", "ROUTE", "CODE", "ERROR");
    for (DeadLetterView deadLetter : deadLetters) {
      table.row(
          deadLetter.id(),
          TextTable.time(deadLetter.deadLetteredAt()),
          truncate(deadLetter.customId(), MAX_NAME_LENGTH),
          deadLetter.route(),
          deadLetter.failureCode(),
          message(deadLetter.failure()));
    }
    int maxLength = Math.max(columns, MIN_LINE_LENGTH);
    return table.lines().stream().map(line -> truncate(line, maxLength)).toList();
  }

  /** One line per group. */
  public static List<String> groups(DeadLetterStats stats) {
    TextTable table = new TextTable("CODE", "ROUTE", "COUNT", "BATCHES", "SINCE", "LATEST");
    for (DeadLetterStats.Group group : stats.groups()) {
      table.row(
          group.failureCode(),
          group.route(),
          HumanFormat.count(group.count()),
          HumanFormat.count(group.batches()),
          TextTable.time(group.since()),
          TextTable.time(group.latest()));
    }
    return table.lines();
  }

  static List<String> peeked(PeekedDeadLetters peeked) {
    TextTable table = new TextTable("TASK", "NAME", "CODE", "BYTES");
    for (PeekedDeadLetters.PeekedMessage message : peeked.deadLetters()) {
      table.row(
          message.taskId(),
          message.customId(),
          message.failureCode(),
          HumanFormat.count(message.requestBytes()));
    }
    return peeked.deadLetters().isEmpty() ? List.of() : table.lines();
  }

  /** All fields of one dead letter, its audit log, calls and request. */
  public static List<String> detail(DeadLetterView.Detail detail, int columns) {
    DeadLetterView deadLetter = detail.deadLetter();
    KeyValueLayout keyValueLayout = new KeyValueLayout(columns);
    keyValueLayout.add("dead letter", deadLetter.id() + ", " + deadLetter.state());
    keyValueLayout.add("task", "%s, run %d".formatted(deadLetter.taskId(), deadLetter.run()));
    keyValueLayout.add("batch", deadLetter.batchId());
    keyValueLayout.add("custom id", deadLetter.customId());
    keyValueLayout.add("project", deadLetter.project());
    keyValueLayout.add("route", deadLetter.route() + ", " + deadLetter.model());
    keyValueLayout.add(
        "failed",
        "%s, %s".formatted(TextTable.time(deadLetter.deadLetteredAt()), deadLetter.failureCode()));
    keyValueLayout.add(
        "status", deadLetter.statusCode() == null ? null : deadLetter.statusCode().toString());
    keyValueLayout.add(
        "attempts",
        "%d, plus %s with 429; last call by %s"
            .formatted(
                deadLetter.attempts(),
                HumanFormat.count(deadLetter.throttles(), "response"),
                deadLetter.worker()));
    keyValueLayout.add("request id", deadLetter.requestId());
    keyValueLayout.add("error", detail.failureDetail());
    keyValueLayout.add("answer", detail.answer());
    keyValueLayout.add("rejected", deadLetter.lastRejection());
    for (DeadLetterView.AuditView entry : detail.audit()) {
      keyValueLayout.add(entry.action(), auditEntry(entry));
    }
    List<String> lines = new ArrayList<>(keyValueLayout.lines());
    lines.add("");
    List<String> calls = CallTable.lines(detail.history());
    if (!calls.isEmpty()) {
      lines.addAll(calls);
      lines.add("");
    }
    lines.add(detail.request());
    return lines;
  }

  private static String auditEntry(DeadLetterView.AuditView entry) {
    return "%s by %s%s: %s%s"
        .formatted(
            TextTable.time(entry.at()),
            entry.operator() == null ? "" : entry.operator() + " with API key ",
            entry.apiKey(),
            entry.reason(),
            entry.changes() == null ? "" : " (" + entry.changes() + ")");
  }

  /** The message of an error in OpenAI's format, else the whole error. */
  private static String message(String failure) {
    Matcher message = MESSAGE.matcher(failure);
    return message.find() ? message.group(1) : failure;
  }

  private static String truncate(String text, int maxLength) {
    return text.length() <= maxLength ? text : text.substring(0, maxLength - 1) + "…";
  }
}
