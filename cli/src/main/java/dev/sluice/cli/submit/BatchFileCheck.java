package dev.sluice.cli.submit;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import dev.sluice.cli.terminal.InputProblems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Looks a batch file through, line by line, before anything is sent. */
final class BatchFileCheck {
  private static final int LONGEST_LINE = 9 * 1024 * 1024;

  private final InputProblems inputProblems = new InputProblems();
  private final Map<String, Long> lineOfId = new HashMap<>();
  private String endpoint = "";
  private long requests;

  /**
   * What the file holds.
   *
   * @param endpoint the first line's {@code url}; empty where it names none
   * @param requests how many lines hold one
   */
  record Findings(InputProblems problems, Optional<String> endpoint, long requests) {}

  private BatchFileCheck() {}

  static Findings of(Path file) throws IOException {
    BatchFileCheck check = new BatchFileCheck();
    try (InputStream in = Files.newInputStream(file)) {
      LineReader lineReader = new LineReader(in, LONGEST_LINE);
      long number = 0;
      for (LineReader.Line line = lineReader.next(); line != null; line = lineReader.next()) {
        check.line(++number, line);
      }
    }
    return new Findings(
        check.inputProblems,
        Optional.of(check.endpoint).filter(url -> !url.isEmpty()),
        check.requests);
  }

  private void line(long number, LineReader.Line line) {
    if (line.blank()) {
      return;
    }
    requests++;
    if (line.cut()) {
      problem(number, "is too long (a request takes at most 8 MiB)");
    } else if (startsWithMark(line.bytes())) {
      problem(number, "starts with a byte-order mark: save the file without it");
    } else {
      try {
        object(number, JsonValues.read(line.bytes()));
      } catch (JacksonException notJson) {
        problem(
            number, "is not JSON: " + notJson.getOriginalMessage().lines().findFirst().orElse(""));
      }
    }
  }

  private void object(long number, JsonNode line) {
    if (!line.isObject()) {
      problem(number, "is not a JSON object");
      return;
    }
    String id = text(number, line, "custom_id");
    String url = text(number, line, "url");
    if (!line.path("body").isObject()) {
      problem(number, "has no \"body\" (an object, the request itself)");
    }
    if (endpoint.isEmpty()) {
      endpoint = url;
    }
    Long first = id.isEmpty() ? null : lineOfId.putIfAbsent(id, number);
    if (first != null) {
      problem(number, "has the custom_id \"%s\" of line %d again".formatted(id, first));
    }
  }

  private String text(long number, JsonNode line, String name) {
    JsonNode value = line.path(name);
    String text = value.isString() ? value.asString() : "";
    if (text.isEmpty()) {
      problem(number, "has no \"%s\" (a text)".formatted(name));
    }
    return text;
  }

  private void problem(long number, String what) {
    inputProblems.add("line %d %s".formatted(number, what));
  }

  private static boolean startsWithMark(byte[] line) {
    return line.length >= 3
        && line[0] == (byte) 0xEF
        && line[1] == (byte) 0xBB
        && line[2] == (byte) 0xBF;
  }
}
