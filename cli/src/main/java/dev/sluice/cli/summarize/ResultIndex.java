package dev.sluice.cli.summarize;

import dev.sluice.cli.json.Json;
import dev.sluice.cli.json.Lines;
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
      Lines lines = new Lines(in, LONGEST_LINE);
      for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
        index(line);
      }
    }
    file = new RandomAccessFile(results.toFile(), "r");
  }

  private void index(Lines.Line line) {
    if (!line.cut() && !line.blank()) {
      Json.readObject(line.bytes())
          .map(json -> json.path("custom_id").asString(""))
          .ifPresent(id -> places.put(id, new Place(line.start(), (int) line.length())));
    }
  }

  Optional<Summary> summary(String document) throws IOException {
    Place place = places.get(document);
    if (place == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[place.length()];
    file.seek(place.start());
    file.readFully(bytes);
    JsonNode line = Json.read(bytes);
    return Optional.of(Summary.of(line));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
