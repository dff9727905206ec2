package dev.sluice.cli.file.table;

import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.json.JsonLine;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A table of JSON objects, one per line. The output repeats each object byte for byte. */
final class JsonLinesTable implements Table {
  private static final int MAX_LINE_BYTES = 9 * 1024 * 1024;
  private static final byte[] MARK = "\uFEFF".getBytes(StandardCharsets.UTF_8);

  private final TemporaryFile file;
  private final boolean marked;
  private final JsonRow first;

  private JsonLinesTable(TemporaryFile file, boolean marked, JsonRow first) {
    this.file = file;
    this.marked = marked;
    this.first = first;
  }

  static JsonLinesTable of(TemporaryFile file, boolean marked, String name) throws IOException {
    try (Lines lines = new Lines(file)) {
      LineReader.Line line = lines.next();
      if (line == null) {
        throw CommandException.invalidInput(
            "%s is empty: at least one line with a JSON object is required.".formatted(name));
      }
      return switch (JsonLine.of(line.bytes())) {
        case JsonLine.JsonObject object ->
            new JsonLinesTable(file, marked, new JsonRow(lines.number(), object.json()));
        case JsonLine.Malformed malformed ->
            throw CommandException.invalidInput(
                "%s: line %d %s.".formatted(name, lines.number(), malformed.problem()));
      };
    }
  }

  /** The lines that are not blank, with their numbers. */
  private static final class Lines implements AutoCloseable {
    private final InputStream stream;
    private final LineReader reader;
    private long number;

    private Lines(TemporaryFile file) throws IOException {
      stream = Files.newInputStream(file.path());
      reader = new LineReader(stream, MAX_LINE_BYTES);
    }

    private LineReader.@Nullable Line next() throws IOException {
      LineReader.Line line;
      do {
        line = reader.next();
        number++;
      } while (line != null && line.isBlank());
      return line;
    }

    private long number() {
      return number;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  private record JsonRow(long line, JsonNode json) implements Row {
    @Override
    public boolean has(String column) {
      return json.has(column);
    }

    @Override
    public Optional<String> value(String name) {
      return find(json, name).map(ValueText::of);
    }

    /** The member with the whole name, or else along the path with dots. */
    private static Optional<JsonNode> find(JsonNode object, String name) {
      JsonNode member = object.get(name);
      if (member != null) {
        return Optional.of(member);
      }
      int dot = name.indexOf('.');
      JsonNode parent = dot < 0 ? null : object.get(name.substring(0, dot));
      return parent == null ? Optional.empty() : find(parent, name.substring(dot + 1));
    }
  }

  @Override
  public List<String> columns() {
    return List.copyOf(first.json().propertyNames());
  }

  @Override
  public boolean has(String name) {
    return first.value(name).isPresent();
  }

  @Override
  public boolean isJsonLines() {
    return true;
  }

  @Override
  public void read(InputProblems inputProblems, RowVisitor visitor) throws IOException {
    try (Lines lines = new Lines(file)) {
      LineReader.Line line = lines.next();
      for (int position = 0; line != null; position++, line = lines.next()) {
        if (line.isTruncated()) {
          inputProblems.add("line %d is too long (at most 9 MiB)".formatted(lines.number()));
          continue;
        }
        switch (JsonLine.of(line.bytes())) {
          case JsonLine.JsonObject object ->
              visitor.visit(position, new JsonRow(lines.number(), object.json()));
          case JsonLine.Malformed malformed ->
              inputProblems.add("line %d %s".formatted(lines.number(), malformed.problem()));
        }
      }
    }
  }

  @Override
  public void write(OutputStream target, List<String> addedColumns, AddedValues addedValues)
      throws IOException {
    if (marked) {
      target.write(MARK);
    }
    try (Lines lines = new Lines(file)) {
      LineReader.Line line = lines.next();
      for (int position = 0; line != null; position++, line = lines.next()) {
        ObjectNode added = JsonValues.object();
        List<JsonNode> values = addedValues.of(position);
        for (int at = 0; at < addedColumns.size(); at++) {
          added.set(addedColumns.get(at), values.get(at));
        }
        target.write(joined(line.bytes(), added).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** Replaces the end of the object, so that its values are not changed. */
  private static String joined(byte[] line, ObjectNode added) {
    String object = new String(line, StandardCharsets.UTF_8).strip();
    String members = object.substring(0, object.length() - 1).stripTrailing();
    return members + (members.length() > 1 ? "," : "") + JsonValues.line(added).substring(1) + "\n";
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
