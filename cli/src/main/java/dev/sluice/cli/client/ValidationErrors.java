package dev.sluice.cli.client;

import dev.sluice.api.batch.InputError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Formats the errors of a batch file; groups lines with the same error. */
public final class ValidationErrors {
  private static final int MAX_RANGES = 8;

  private final List<Long> lines = new ArrayList<>();

  private ValidationErrors() {}

  /** One line per group such as {@code lines 1-100: model_not_found: …}, by first occurrence. */
  public static List<String> format(List<InputError> errors) {
    Map<String, ValidationErrors> groups = new LinkedHashMap<>();
    for (InputError error : errors) {
      ValidationErrors group =
          groups.computeIfAbsent(description(error), description -> new ValidationErrors());
      Long line = error.line();
      if (line != null) {
        group.lines.add(line);
      }
    }
    return groups.entrySet().stream()
        .map(group -> group.getValue().location() + group.getKey())
        .toList();
  }

  /** Code and message, without the line. */
  private static String description(InputError error) {
    return (error.code().isEmpty() ? "" : error.code() + ": ") + error.message();
  }

  private String location() {
    List<String> ranges = new ArrayList<>();
    List<Long> sorted = lines.stream().sorted().distinct().toList();
    int next;
    for (int first = 0; first < sorted.size(); first = next) {
      next = first + 1;
      while (next < sorted.size() && sorted.get(next) == sorted.get(next - 1) + 1) {
        next++;
      }
      long from = sorted.get(first);
      ranges.add(next - first == 1 ? "" + from : from + "-" + sorted.get(next - 1));
    }
    if (ranges.isEmpty()) {
      return "";
    }
    String shown = String.join(", ", ranges.subList(0, Math.min(MAX_RANGES, ranges.size())));
    String more = ranges.size() > MAX_RANGES ? " and more" : "";
    return (sorted.size() == 1 ? "line " : "lines ") + shown + more + ": ";
  }
}
