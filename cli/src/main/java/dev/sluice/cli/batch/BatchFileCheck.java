package dev.sluice.cli.batch;

import dev.sluice.cli.json.JsonLine;
import dev.sluice.cli.json.LineReader;
import dev.sluice.cli.terminal.InputProblems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Validates a batch file line by line before the upload. */
public final class BatchFileCheck {
  static final int MAX_LINE_BYTES = 9 * 1024 * 1024;

  private final InputProblems inputProblems = new InputProblems();
  private final Map<String, Long> lineOfId = new HashMap<>();
  private String endpoint = "";
  private long requests;

  /**
   * Result of the validation.
   *
   * @param endpoint {@code url} of the first line; empty if it has none
   * @param requests number of non-blank lines
   */
  public record Findings(InputProblems problems, Optional<String> endpoint, long requests) {}

  private BatchFileCheck() {}

  /** Validates all lines of a file. */
  public static Findings of(Path file) throws IOException {
    BatchFileCheck check = new BatchFileCheck();
    try (InputStream in = Files.newInputStream(file)) {
      LineReader lineReader = new LineReader(in, MAX_LINE_BYTES);
      long number = 0;
      for (LineReader.Line line = lineReader.next(); line != null; line = lineReader.next()) {
        if (++number == 1 && isUtf16(line.bytes())) {
          check.inputProblems.add("the file is not in UTF-8 (it looks like UTF-16)");
          check.requests++;
          break;
        }
        check.line(number, line);
      }
    }
    return new Findings(
        check.inputProblems,
        Optional.of(check.endpoint).filter(url -> !url.isEmpty()),
        check.requests);
  }

  private void line(long number, LineReader.Line line) {
    if (line.isBlank()) {
      return;
    }
    requests++;
    if (line.isTruncated()) {
      problem(number, "is too long (the maximum size of a request is 8 MiB)");
      return;
    }
    switch (JsonLine.of(number == 1 ? withoutMark(line.bytes()) : line.bytes())) {
      case JsonLine.JsonObject object -> object(number, object.json());
      case JsonLine.Malformed malformed -> problem(number, malformed.problem());
    }
  }

  private void object(long number, JsonNode line) {
    String id = text(number, line, "custom_id");
    String url = text(number, line, "url");
    if (!line.path("body").isObject()) {
      problem(number, "has no \"body\" (an object with the request)");
    }
    if (endpoint.isEmpty()) {
      endpoint = url;
    }
    Long first = id.isEmpty() ? null : lineOfId.putIfAbsent(id, number);
    if (first != null) {
      problem(number, "repeats the custom_id \"%s\" of line %d".formatted(id, first));
    }
  }

  private String text(long number, JsonNode line, String name) {
    JsonNode value = line.path(name);
    String text = value.isString() ? value.asString() : "";
    if (text.isEmpty()) {
      problem(number, "has no \"%s\" (a string)".formatted(name));
    }
    return text;
  }

  private void problem(long number, String problem) {
    inputProblems.add("line %d %s".formatted(number, problem));
  }

  /** The producer ignores a byte-order mark at the start of the file, too. */
  static byte[] withoutMark(byte[] line) {
    boolean marked =
        line.length >= 3
            && line[0] == (byte) 0xEF
            && line[1] == (byte) 0xBB
            && line[2] == (byte) 0xBF;
    return marked ? Arrays.copyOfRange(line, 3, line.length) : line;
  }

  /** Starts with a byte-order mark of UTF-16, or with an ASCII character in UTF-16. */
  private static boolean isUtf16(byte[] line) {
    return line.length >= 2
        && (line[0] == 0
            || line[1] == 0
            || (line[0] == (byte) 0xFE && line[1] == (byte) 0xFF)
            || (line[0] == (byte) 0xFF && line[1] == (byte) 0xFE));
  }
}
