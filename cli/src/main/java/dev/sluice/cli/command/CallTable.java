package dev.sluice.cli.command;

import dev.sluice.api.task.TaskCall;
import dev.sluice.cli.terminal.TextTable;
import java.util.List;
import java.util.stream.Stream;

/** Formats the calls of a task, oldest first. */
public final class CallTable {
  private CallTable() {}

  /** One line per call and a header; empty without calls. */
  public static List<String> lines(List<TaskCall> calls) {
    if (calls.isEmpty()) {
      return List.of();
    }
    boolean hasMembers = calls.stream().anyMatch(call -> call.member() != null);
    TextTable table =
        new TextTable(
            cells(hasMembers, "STARTED", "WORKER", "MEMBER", "STATUS", "RESULT", "RETRY-AFTER"));
    for (TaskCall call : calls) {
      table.row(
          cells(
              hasMembers,
              String.valueOf(call.at()),
              call.worker(),
              TextTable.text(call.member()),
              TextTable.cell(call.status()),
              call.code(),
              call.retryAfterMs() == null ? TextTable.NONE : call.retryAfterMs() + " ms"));
    }
    return table.lines();
  }

  /** The cells of a row, without the member if the route has none. */
  private static String[] cells(
      boolean hasMembers, String at, String worker, String member, String... others) {
    Stream<String> first = hasMembers ? Stream.of(at, worker, member) : Stream.of(at, worker);
    return Stream.concat(first, Stream.of(others)).toArray(String[]::new);
  }
}
