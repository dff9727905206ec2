package dev.sluice.cli.file.table;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table in CSV or TSV with a header row. Empty lines are ignored. */
final class DelimitedTable implements Table {
  private final TemporaryFile file;
  private final boolean marked;
  private final char delimiter;
  private final LineDelimiter lineEnd;
  private final List<String> header;
  private final Map<String, Integer> positions = new HashMap<>();

  private DelimitedTable(
      TemporaryFile file, boolean marked, HeaderFormat format, List<String> header) {
    this.file = file;
    this.marked = marked;
    this.delimiter = format.delimiter();
    this.lineEnd = format.crlf() ? LineDelimiter.CRLF : LineDelimiter.LF;
    this.header = header;
    for (int at = 0; at < header.size(); at++) {
      positions.putIfAbsent(header.get(at).strip(), at);
    }
  }

  static DelimitedTable of(
      TemporaryFile file, boolean marked, Optional<Character> delimiter, String name)
      throws IOException {
    HeaderFormat detected = HeaderFormat.of(file.path());
    HeaderFormat format = new HeaderFormat(delimiter.orElse(detected.delimiter()), detected.crlf());
    try (CsvReader<CsvRecord> reader = reader(file, format.delimiter())) {
      Iterator<CsvRecord> records = reader.iterator();
      if (!records.hasNext()) {
        throw CommandException.invalidInput(
            "%s is empty: a header row and at least one row are required.".formatted(name));
      }
      List<String> header = records.next().getFields();
      return new DelimitedTable(file, marked, format, header);
    } catch (CsvParseException malformed) {
      throw CommandException.invalidInput(
          "%s: the header is not valid: %s".formatted(name, reason(malformed)));
    }
  }

  private static CsvReader<CsvRecord> reader(TemporaryFile file, char delimiter)
      throws IOException {
    return CsvReader.builder()
        .fieldSeparator(delimiter)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE) // reported with the line
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .allowUnclosedQuote(false)
        .ofCsvRecord(Files.newBufferedReader(file.path()));
  }

  private record DelimitedRow(CsvRecord fields, Map<String, Integer> positions) implements Row {
    @Override
    public long line() {
      return fields.getStartingLineNumber();
    }

    @Override
    public boolean has(String column) {
      return positions.containsKey(column);
    }

    @Override
    public Optional<String> value(String name) {
      return Optional.ofNullable(positions.get(name)).map(fields::getField);
    }
  }

  @Override
  public List<String> columns() {
    return header.stream().map(String::strip).toList();
  }

  @Override
  public boolean has(String name) {
    return positions.containsKey(name);
  }

  @Override
  public boolean isJsonLines() {
    return false;
  }

  @Override
  public void read(InputProblems inputProblems, RowVisitor visitor) throws IOException {
    try (CsvReader<CsvRecord> reader = reader(file, delimiter)) {
      Iterator<CsvRecord> records = reader.iterator();
      records.next();
      for (int position = 0; records.hasNext(); position++) {
        DelimitedRow row = new DelimitedRow(records.next(), positions);
        if (row.fields().getFieldCount() == header.size()) {
          visitor.visit(position, row);
        } else {
          inputProblems.add(
              "line %d has %d values, but the header has %d columns"
                  .formatted(row.line(), row.fields().getFieldCount(), header.size()));
        }
      }
    } catch (CsvParseException malformed) {
      inputProblems.add(reason(malformed));
    }
  }

  private static String reason(CsvParseException malformed) {
    Throwable cause = malformed.getCause();
    return cause == null
        ? String.valueOf(malformed.getMessage())
        : malformed.getMessage() + ": " + cause.getMessage();
  }

  @Override
  public void write(OutputStream target, List<String> addedColumns, AddedValues addedValues)
      throws IOException {
    Writer writer = new BufferedWriter(new OutputStreamWriter(target, StandardCharsets.UTF_8));
    if (marked) {
      writer.write('\uFEFF');
    }
    CsvWriter csv = writer(writer);
    try (CsvReader<CsvRecord> reader = reader(file, delimiter)) {
      Iterator<CsvRecord> records = reader.iterator();
      csv.writeRecord(joined(records.next().getFields(), addedColumns));
      for (int position = 0; records.hasNext(); position++) {
        List<String> added = addedValues.of(position).stream().map(ValueText::of).toList();
        csv.writeRecord(joined(records.next().getFields(), added));
      }
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
    csv.flush();
    writer.flush();
  }

  private CsvWriter writer(Writer target) {
    return CsvWriter.builder()
        .fieldSeparator(delimiter)
        .commentCharacter('\0') // never in text, so that no value needs quotes because of it
        .lineDelimiter(lineEnd)
        .build(target);
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
