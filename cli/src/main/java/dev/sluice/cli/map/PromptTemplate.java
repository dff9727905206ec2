package dev.sluice.cli.map;

import dev.sluice.cli.file.table.Table;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt with values of a row, such as <code>Sentiment of: {{review}}</code>. A value is inserted
 * once and is never interpreted as a template. <code>\{{</code> is a literal <code>{{</code>.
 */
final class PromptTemplate {
  private static final Pattern MARKER = Pattern.compile("\\\\\\{\\{|\\{\\{([^{}]*)}}|\\{\\{");

  private final List<Part> parts;

  private sealed interface Part {
    record Literal(String text) implements Part {}

    record Value(String name) implements Part {}
  }

  private PromptTemplate(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Parses the template.
   *
   * @throws CommandException if braces are not closed
   */
  static PromptTemplate of(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher marker = MARKER.matcher(text);
    int end = 0;
    while (marker.find()) {
      parts.add(new Part.Literal(text.substring(end, marker.start())));
      parts.add(part(marker));
      end = marker.end();
    }
    parts.add(new Part.Literal(text.substring(end)));
    return new PromptTemplate(parts);
  }

  private static Part part(Matcher marker) {
    String name = marker.group(1);
    if (name != null && !name.isBlank()) {
      return new Part.Value(name.strip());
    }
    if (marker.group().startsWith("\\")) {
      return new Part.Literal("{{");
    }
    throw CommandException.usageError(
        "The prompt has a {{ without a column and }} at character %d. Write {{column}}, or \\{{ for the braces themselves."
            .formatted(marker.start() + 1));
  }

  /**
   * Checks that the table has all values.
   *
   * @throws CommandException if it does not, or if the prompt has no value
   */
  void check(Table table) {
    List<String> columns = table.columns();
    if (names().isEmpty()) {
      throw CommandException.usageError(
          "The prompt has no {{column}}, so all requests would be the same. The columns are: %s."
              .formatted(String.join(", ", columns)));
    }
    for (String name : names()) {
      if (!table.has(name)) {
        throw CommandException.usageError(
            "The prompt has {{%s}}, but there is no such column. The columns are: %s."
                .formatted(name, String.join(", ", columns)));
      }
      if (Collections.frequency(columns, name) > 1) {
        throw CommandException.usageError(
            "The prompt has {{%s}}, but several columns have this name: rename them."
                .formatted(name));
      }
    }
  }

  private List<String> names() {
    return parts.stream()
        .filter(Part.Value.class::isInstance)
        .map(part -> ((Part.Value) part).name())
        .toList();
  }

  /**
   * The prompt for a row; empty if a value is missing.
   *
   * @param inputProblems collects the missing values
   */
  Optional<String> render(Table.Row row, InputProblems inputProblems) {
    StringBuilder prompt = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Literal literal -> prompt.append(literal.text());
        case Part.Value value -> {
          Optional<String> text = row.value(value.name());
          if (text.isEmpty()) {
            inputProblems.add("line %d has no \"%s\"".formatted(row.line(), value.name()));
            return Optional.empty();
          }
          prompt.append(text.get());
        }
      }
    }
    return Optional.of(prompt.toString());
  }
}
