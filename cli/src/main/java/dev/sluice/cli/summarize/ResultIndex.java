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

/** Finds results by document: they come in the order of their ends, and need not fit in memory. */
final class ResultIndex implements AutoCloseable {
  /** A reply beyond it would be no summary. */
  private static final int LONGEST_LINE = 32 * 1024 * 1024;

  private final Map<String, Place> places = new HashMap<>();
  private final RandomAccessFile file;

  private record Place(long start, int length) {}

  ResultIndex(Path results) throws IOException {
    try (InputStream in = Files.newInputStream(results)) {
      LineReader lineReader = new LineReader(in, LONGEST_LINE);
      for (LineReader.Line line = lineReader.next(); line != null; line = lineReader.next()) {
        index(line);
      }
    }
    file = new RandomAccessFile(results.toFile(), "r");
  }

  private void index(LineReader.Line line) {
    if (!line.cut() && !line.blank()) {
      JsonValues.readObject(line.bytes())
          .map(json -> json.path("custom_id").asString(""))
          .ifPresent(id -> places.put(id, new Place(line.start(), (int) line.length())));
    }
  }

  Optional<DocumentSummary> summary(String document) throws IOException {
    Place place = places.get(document);
    if (place == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[place.length()];
    file.seek(place.start());
    file.readFully(bytes);
    JsonNode line = JsonValues.read(bytes);
    return Optional.of(DocumentSummary.of(line));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
