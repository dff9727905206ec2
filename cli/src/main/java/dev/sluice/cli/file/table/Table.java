package dev.sluice.cli.file.table;

import dev.sluice.cli.file.Input;
import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A table in a temporary file; its rows are streamed and can be read several times. */
public sealed interface Table extends AutoCloseable permits DelimitedTable, JsonLinesTable {

  /** A row. */
  interface Row {
    /** Number of its first line, from 1. */
    long line();

    /** Whether the row has this column. */
    boolean has(String column);

    /** Text of a value; empty if the row does not have it. */
    Optional<String> value(String name);
  }

  /** Receives the rows in order. */
  @FunctionalInterface
  interface RowVisitor {
    /**
     * Receives a row.
     *
     * @param position number of the row, from 0
     */
    void visit(int position, Row row) throws IOException;
  }

  /** Values of the columns that are added to a row. */
  @FunctionalInterface
  interface AddedValues {
    /**
     * The values of a row, in the order of the columns.
     *
     * @param position number of the row, from 0
     */
    List<JsonNode> of(int position) throws IOException;
  }

  /**
   * Copies a table to a temporary file.
   *
   * @param delimiter delimiter of the columns; empty for tab in a .tsv file, and else to detect it
   * @throws CommandException if the input is not text, or has no row
   */
  static Table of(Input input, Optional<Character> delimiter) throws IOException {
    TemporaryFile file = new TemporaryFile();
    boolean marked;
    try (InputStream in = input.open()) {
      marked = TextCopy.toUtf8(in, input.name(), file.path());
    }
    if (delimiter.isEmpty() && isJsonLines(input.name(), file.path())) {
      return JsonLinesTable.of(file, marked, input.name());
    }
    boolean tsv = input.name().toLowerCase(Locale.ROOT).endsWith(".tsv");
    return DelimitedTable.of(
        file, marked, tsv ? delimiter.or(() -> Optional.of('\t')) : delimiter, input.name());
  }

  private static boolean isJsonLines(String name, Path file) throws IOException {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    if (lowerCase.endsWith(".jsonl") || lowerCase.endsWith(".ndjson")) {
      return true;
    }
    return !lowerCase.endsWith(".csv")
        && !lowerCase.endsWith(".tsv")
        && TextCopy.firstCharacter(file) == '{';
  }

  /** The columns, in order; of JSON Lines, the members of the first object. */
  List<String> columns();

  /** Whether the header, or the first object, has a value of this name. */
  boolean has(String name);

  /** Whether the rows are JSON objects. */
  boolean isJsonLines();

  /**
   * Reads the rows.
   *
   * @param inputProblems collects the malformed rows
   */
  void read(InputProblems inputProblems, RowVisitor visitor) throws IOException;

  /** Writes the rows in the format of the input, with further columns. */
  void write(OutputStream target, List<String> addedColumns, AddedValues addedValues)
      throws IOException;

  @Override
  void close() throws IOException;
}
