package dev.sluice.cli.task;

import dev.sluice.cli.layout.Table;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The calls of a task, the oldest first. */
public final class Calls {
  private Calls() {}

  /** A line for each; none where no call was noted. */
  public static List<String> lines(JsonNode history) {
    if (history.isEmpty()) {
      return List.of();
    }
    Table table = new Table("BEGAN", "WORKER", "STATUS", "ENDED", "TOLD TO WAIT");
    for (JsonNode call : history) {
      table.row(
          call.path("at").asString(Table.NONE),
          call.path("worker").asString(Table.NONE),
          call.path("status").isNumber() ? call.path("status").asString() : Table.NONE,
          call.path("code").asString(Table.NONE),
          call.path("told_ms").isNumber() ? call.path("told_ms").asLong() + " ms" : Table.NONE);
    }
    return table.lines();
  }
}
