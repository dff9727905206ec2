package dev.sluice.cli.batch;

import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Index of result files by the position of the request: results are unordered and may exceed the
 * memory. Uses 13 bytes per request.
 */
final class ResultIndex implements AutoCloseable {
  /** Maximum length of a result, in bytes; longer lines are ignored. */
  private static final int MAX_LINE_BYTES = 32 * 1024 * 1024;

  /** The custom id of a part of a long document, or of one of its sections. */
  private static final Pattern PART =
      Pattern.compile("(.+?)(?:#section \\d+/(\\d+))?#\\d+/(\\d+)", Pattern.DOTALL);

  private final RequestOrder order;
  private final long[] starts;
  private final int[] lengths;

  /** Number of the file with the result, from 1; 0 without a result. */
  private final byte[] fileNumbers;

  /** The reused fractions of requests, 0-1, by position. */
  private final Map<Integer, Double> reused = new HashMap<>();

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
    Optional<JsonNode> result = JsonValues.readObject(line.bytes());
    String customId = result.map(json -> json.path("custom_id").asString("")).orElse("");
    int position = order.position(customId);
    if (result.isPresent() && result.get().path("sluice").path("reused").asBoolean(false)) {
      addReused(customId, position);
    }
    if (isRequest(position)) {
      starts[position] = line.start();
      lengths[position] = (int) line.length();
      fileNumbers[position] = (byte) files.size();
    }
  }

  private boolean isRequest(int position) {
    return position >= 0 && position < starts.length;
  }

  private void addReused(String customId, int position) {
    Matcher part = PART.matcher(customId);
    if (isRequest(position)) {
      reused.put(position, 1.0);
    } else if (part.matches()) {
      int document = order.position(part.group(1));
      if (isRequest(document)) {
        double sections = part.group(2) == null ? 1 : Double.parseDouble(part.group(2));
        double parts = Double.parseDouble(part.group(3));
        reused.merge(document, 1 / (sections * parts), Double::sum);
      }
    }
  }

  /** The fraction of a request that was answered with stored results, 0-1. */
  double reused(int position) {
    return Math.min(1, reused.getOrDefault(position, 0.0));
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
