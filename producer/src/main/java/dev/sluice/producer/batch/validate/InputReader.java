package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.InputError;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.file.FileContents;
import dev.sluice.producer.file.FileDeletedException;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/** Reads and validates an input file line by line. */
@Component
class InputReader {
  private static final int MAX_ERRORS = 100;

  /** The digests of the custom ids of one file use at most this fraction of the heap. */
  private static final int HEAP_DIVISOR = 4;

  private final FileContents contents;
  private final Routes routes;
  private final InputSettings settings;

  InputReader(FileContents contents, Routes routes, InputSettings settings) {
    this.contents = contents;
    this.routes = routes;
    this.settings = settings;
  }

  private InputError tooManyLines(long line, long maxLines) {
    String message =
        "The file has more than %d requests (%s). Split it into several batches."
            .formatted(
                maxLines,
                maxLines < settings.maxLines()
                    ? "the producer's memory allows no more"
                    : "sluice.input.max-lines");
    return new InputError("too_many_lines", line, message, "input_file_id");
  }

  /** The maximum number of lines whose custom ids can be compared in the available memory. */
  static long maxLines(long configured, HeapLimit limit) {
    return Math.min(configured, limit.bytes() / DigestSet.MAX_BYTES_PER_TEXT);
  }

  /**
   * Reads the lines, and stops after about 100 errors.
   *
   * @param requests receives each request until the first error; false stops the reading
   * @return the errors; empty for a valid file
   */
  List<InputError> read(StoredFile file, String endpoint, Predicate<ParsedLine.Request> requests) {
    if (file.batchId() != null) {
      String message =
          "File %s is a result file of a batch. Upload a file of requests.".formatted(file.id());
      return List.of(new InputError("invalid_file", null, message, "input_file_id"));
    }
    try {
      return readLines(file, endpoint, requests);
    } catch (FileDeletedException deleted) {
      String message = deleted.getMessage() + " Upload it again.";
      return List.of(new InputError("file_deleted", null, message, "input_file_id"));
    } catch (IOException impossible) { // the chunks are read by JDBC
      throw new UncheckedIOException(impossible);
    }
  }

  private List<InputError> readLines(
      StoredFile file, String endpoint, Predicate<ParsedLine.Request> requests) throws IOException {
    List<InputError> errors = new ArrayList<>();
    LineRules rules = new LineRules(endpoint, routes);
    try (InputStream in = contents.open(file)) {
      InputLines lines = new InputLines(in, LineRules.MAX_LINE_BYTES);
      Optional<InputLines.Line> line = lines.next();
      if (line.isEmpty()) {
        String message = "The input file is empty. Write one request per line.";
        errors.add(new InputError("empty_file", null, message, "input_file_id"));
      }
      if (line.isPresent() && InputLines.isUtf16(line.get().bytes())) {
        String message = "The file is not in UTF-8 (it looks like UTF-16). Save it as UTF-8.";
        return List.of(new InputError("invalid_encoding", null, message, "input_file_id"));
      }
      long maxLines = maxLines(settings.maxLines(), HeapLimit.fraction(HEAP_DIVISOR));
      long count = 0;
      for (; line.isPresent() && errors.size() < MAX_ERRORS; line = lines.next()) {
        if (++count > maxLines) {
          errors.add(tooManyLines(line.get().number(), maxLines));
          return errors;
        }
        switch (rules.check(line.get())) {
          case ParsedLine.Request request -> {
            if (errors.isEmpty() && !requests.test(request)) {
              return errors;
            }
          }
          case ParsedLine.Document document -> {
            if (errors.isEmpty() && !document.requests().stream().allMatch(requests)) {
              return errors;
            }
          }
          case ParsedLine.Invalid invalid -> errors.addAll(invalid.errors());
        }
      }
    }
    return errors;
  }
}
