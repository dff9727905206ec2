package dev.sluice.cli.map;

import dev.sluice.cli.batch.RequestBuilder;
import dev.sluice.cli.batch.RequestBuilder.ChatMessage;
import dev.sluice.cli.batch.RequestFile;
import dev.sluice.cli.batch.RequestOrder;
import dev.sluice.cli.file.table.Table;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.InputProblems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes one request per row; its custom id is the number of the row. */
final class RowRequests {
  private static final String PREFIX = "row-";

  private final Table table;
  private final PromptTemplate template;
  private final RequestBuilder requestBuilder;
  private final List<String> addedColumns;
  private final InputProblems inputProblems = new InputProblems();

  /**
   * @param addedColumns columns that no row may have
   */
  RowRequests(
      Table table,
      PromptTemplate template,
      RequestBuilder requestBuilder,
      List<String> addedColumns) {
    this.table = table;
    this.template = template;
    this.requestBuilder = requestBuilder;
    this.addedColumns = addedColumns;
  }

  /**
   * Writes the requests.
   *
   * @param input name of the input, for messages
   * @throws CommandException if a row is malformed; the message has the lines
   */
  RequestFile write(String input) throws IOException {
    RequestFile requests =
        RequestFile.of(
            sink -> table.read(inputProblems, (position, row) -> add(position, row, sink)));
    if (!inputProblems.isEmpty()) {
      List<String> lines = new ArrayList<>(inputProblems.lines());
      lines.add("Nothing was sent. Fix %s and run the command again.".formatted(input));
      throw new CommandException(ExitCode.INVALID_INPUT, lines);
    }
    if (requests.count() == 0) {
      throw CommandException.invalidInput("%s has no rows below the header.".formatted(input));
    }
    return requests;
  }

  private void add(int position, Table.Row row, RequestFile.Sink sink) throws IOException {
    for (String column : addedColumns) {
      if (row.has(column)) {
        inputProblems.add("line %d already has \"%s\"".formatted(row.line(), column));
        return;
      }
    }
    Optional<String> prompt = template.render(row, inputProblems);
    if (prompt.isEmpty()) {
      return;
    }
    byte[] body = requestBuilder.body(ChatMessage.user(prompt.get()));
    if (body.length > RequestFile.MAX_REQUEST_BYTES) {
      inputProblems.add("line %d %s".formatted(row.line(), RequestFile.tooLarge(body.length)));
      return;
    }
    sink.add(PREFIX + (position + 1), body);
  }

  /** The position of a row from its custom id. */
  static int position(String customId) {
    try {
      return customId.startsWith(PREFIX)
          ? Integer.parseInt(customId.substring(PREFIX.length())) - 1
          : RequestOrder.UNKNOWN;
    } catch (NumberFormatException notFromThisCommand) {
      return RequestOrder.UNKNOWN;
    }
  }
}
