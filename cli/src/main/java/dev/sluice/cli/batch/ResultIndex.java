package dev.sluice.cli.batch;

import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Index of result files by the position of the request: results are unordered and may exceed the
 * memory. Uses 13 bytes per request.
 */
final class ResultIndex implements AutoCloseable {
  /** Maximum length of a result, in bytes; longer lines are ignored. */
  private static final int MAX_LINE_BYTES = 32 * 1024 * 1024;

  private final RequestOrder order;
  private final long[] starts;
  private final int[] lengths;

  /** Number of the file with the result, from 1; 0 without a result. */
  private final byte[] fileNumbers;

  private final List<TemporaryFile> files = new ArrayList<>();
  private final List<RandomAccessFile> readers = new ArrayList<>();

  /**
   * @param count number of requests
   */
  ResultIndex(int count, RequestOrder order) {
    this.order = order;
    this.starts = new long[count];
    this.lengths = new int[count];
    this.fileNumbers = new byte[count];
  }

  /** Adds a result file, which is deleted when this index is closed. */
  void add(TemporaryFile results) throws IOException {
    files.add(results);
    readers.add(new RandomAccessFile(results.path().toFile(), "r"));
    try (InputStream in = Files.newInputStream(results.path())) {
      LineReader lineReader = new LineReader(in, MAX_LINE_BYTES);
      for (LineReader.Line line = lineReader.next(); line != null; line = lineReader.next()) {
        index(line);
      }
    }
  }

  private void index(LineReader.Line line) {
    if (line.isTruncated() || line.isBlank()) {
      return;
    }
    int position =
        JsonValues.readObject(line.bytes())
            .map(json -> order.position(json.path("custom_id").asString("")))
            .orElse(RequestOrder.UNKNOWN);
    if (position >= 0 && position < starts.length) {
      starts[position] = line.start();
      lengths[position] = (int) line.length();
      fileNumbers[position] = (byte) files.size();
    }
  }

  /** The line with the result of a request. */
  Optional<JsonNode> find(int position) throws IOException {
    int number = fileNumbers[position];
    if (number == 0) {
      return Optional.empty();
    }
    byte[] bytes = new byte[lengths[position]];
    RandomAccessFile file = readers.get(number - 1);
    file.seek(starts[position]);
    file.readFully(bytes);
    return Optional.of(JsonValues.read(bytes));
  }

  @Override
  public void close() throws IOException {
    for (RandomAccessFile reader : readers) {
      reader.close();
    }
    for (TemporaryFile file : files) {
      file.close();
    }
  }
}
