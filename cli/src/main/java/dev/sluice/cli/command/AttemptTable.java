package dev.sluice.cli.command;

import dev.sluice.cli.terminal.TextTable;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Formats the calls of a task, oldest first. */
public final class AttemptTable {
  private AttemptTable() {}

  /** One line per call and a header; empty without calls. */
  public static List<String> lines(JsonNode history) {
    if (history.isEmpty()) {
      return List.of();
    }
    TextTable table = new TextTable("STARTED", "WORKER", "STATUS", "RESULT", "RETRY-AFTER");
    for (JsonNode call : history) {
      table.row(
          call.path("at").asString(TextTable.NONE),
          call.path("worker").asString(TextTable.NONE),
          call.path("status").isNumber() ? call.path("status").asString() : TextTable.NONE,
          call.path("code").asString(TextTable.NONE),
          call.path("retry_after_ms").isNumber()
              ? call.path("retry_after_ms").asLong() + " ms"
              : TextTable.NONE);
    }
    return table.lines();
  }
}
