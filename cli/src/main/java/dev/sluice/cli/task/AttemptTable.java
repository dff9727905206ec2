package dev.sluice.cli.task;

import dev.sluice.cli.layout.TextTable;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The calls of a task, the oldest first. */
public final class AttemptTable {
  private AttemptTable() {}

  /** A line for each; none where no call was noted. */
  public static List<String> lines(JsonNode history) {
    if (history.isEmpty()) {
      return List.of();
    }
    TextTable table = new TextTable("BEGAN", "WORKER", "STATUS", "ENDED", "TOLD TO WAIT");
    for (JsonNode call : history) {
      table.row(
          call.path("at").asString(TextTable.NONE),
          call.path("worker").asString(TextTable.NONE),
          call.path("status").isNumber() ? call.path("status").asString() : TextTable.NONE,
          call.path("code").asString(TextTable.NONE),
          call.path("told_ms").isNumber() ? call.path("told_ms").asLong() + " ms" : TextTable.NONE);
    }
    return table.lines();
  }
}
