package dev.sluice.cli.map;

import dev.sluice.cli.batch.AnswerCounts;
import dev.sluice.cli.batch.Answers;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.file.table.Table;
import java.io.IOException;
import java.io.OutputStream;

/** Writes the rows of a table with the columns of their answers. */
record TableOutput(Table table, AddedColumns columns, Output output) {

  /**
   * Writes the rows.
   *
   * @param counts counts the answers
   */
  void write(Answers answers, OutputStream target, AnswerCounts counts) throws IOException {
    table.write(
        target,
        columns.names(),
        position -> {
          AddedColumns.Values row = columns.values(answers.find(position));
          counts.add(row.answer());
          return row.values();
        });
  }
}
