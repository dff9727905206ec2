package dev.sluice.cli.summarize;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Index of a result file by document: results are unordered and may exceed the memory. */
final class ResultIndex implements AutoCloseable {
  /** Maximum length of a result, in bytes; longer lines are ignored. */
  private static final int MAX_LINE_BYTES = 32 * 1024 * 1024;

  private final Map<String, Position> positions = new HashMap<>();
  private final RandomAccessFile file;

  private record Position(long start, int length) {}

  ResultIndex(Path results) throws IOException {
    try (InputStream in = Files.newInputStream(results)) {
      LineReader lineReader = new LineReader(in, MAX_LINE_BYTES);
      for (LineReader.Line line = lineReader.next(); line != null; line = lineReader.next()) {
        index(line);
      }
    }
    file = new RandomAccessFile(results.toFile(), "r");
  }

  private void index(LineReader.Line line) {
    if (!line.isTruncated() && !line.isBlank()) {
      JsonValues.readObject(line.bytes())
          .map(json -> json.path("custom_id").asString(""))
          .ifPresent(id -> positions.put(id, new Position(line.start(), (int) line.length())));
    }
  }

  Optional<DocumentSummary> summary(String document) throws IOException {
    Position position = positions.get(document);
    if (position == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[position.length()];
    file.seek(position.start());
    file.readFully(bytes);
    JsonNode line = JsonValues.read(bytes);
    return Optional.of(DocumentSummary.of(line));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
