package dev.sluice.producer.validate;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.batch.InputError;
import dev.sluice.producer.file.FileContents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** Reads an input file line by line, by the rules that its lines keep. */
@Component
class InputReader {
  private static final int MOST_ERRORS = 100;

  private final FileContents contents;
  private final Routes routes;
  private final InputSettings settings;

  InputReader(FileContents contents, Routes routes, InputSettings settings) {
    this.contents = contents;
    this.routes = routes;
    this.settings = settings;
  }

  private InputError tooMany(long line) {
    String message =
        "The file has more than %d requests, the most that one batch takes (sluice.input.most-lines)."
            .formatted(settings.mostLines());
    return new InputError("too_many_lines", line, message, "input_file_id");
  }

  /**
   * Reads all lines, until there are too many errors.
   *
   * @param requests gets each request, as long as nothing was wrong
   * @return what is wrong
   */
  List<InputError> read(String fileId, String endpoint, Consumer<ParsedLine.Request> requests) {
    List<InputError> errors = new ArrayList<>();
    LineRules rules = new LineRules(endpoint, routes);
    try (InputStream in = contents.open(fileId)) {
      InputLines lines = new InputLines(in, LineRules.LONGEST_LINE);
      Optional<InputLines.Line> line = lines.next();
      if (line.isEmpty()) {
        String message = "The input file has no line: each line is one request.";
        errors.add(new InputError("empty_file", null, message, "input_file_id"));
      }
      long count = 0;
      for (; line.isPresent() && errors.size() < MOST_ERRORS; line = lines.next()) {
        if (++count > settings.mostLines()) {
          errors.add(tooMany(line.get().number()));
          return errors;
        }
        switch (rules.check(line.get())) {
          case ParsedLine.Request request -> {
            if (errors.isEmpty()) {
              requests.accept(request);
            }
          }
          case ParsedLine.Invalid invalid -> errors.addAll(invalid.errors());
        }
      }
    } catch (IOException fromMemoryNever) {
      throw new UncheckedIOException(fromMemoryNever);
    }
    return errors;
  }
}
