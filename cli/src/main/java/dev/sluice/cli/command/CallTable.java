package dev.sluice.cli.command;

import dev.sluice.api.task.TaskCall;
import dev.sluice.cli.terminal.TextTable;
import java.util.List;

/** Formats the calls of a task, oldest first. */
public final class CallTable {
  private CallTable() {}

  /** One line per call and a header; empty without calls. */
  public static List<String> lines(List<TaskCall> calls) {
    if (calls.isEmpty()) {
      return List.of();
    }
    TextTable table = new TextTable("STARTED", "WORKER", "STATUS", "RESULT", "RETRY-AFTER");
    for (TaskCall call : calls) {
      table.row(
          String.valueOf(call.at()),
          call.worker(),
          TextTable.cell(call.status()),
          call.code(),
          call.retryAfterMs() == null ? TextTable.NONE : call.retryAfterMs() + " ms");
    }
    return table.lines();
  }
}
