package dev.sluice.cli.client;

import dev.sluice.cli.client.BatchState.ValidationError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with a batch file, for people: what is wrong with many lines is said once. */
public final class ValidationErrors {
  private static final int RANGES_TOLD = 8;

  private final List<Long> lines = new ArrayList<>();

  private ValidationErrors() {}

  /** For example {@code lines 1-100: model_not_found: …}, in the order of the first of each. */
  public static List<String> sentences(List<ValidationError> errors) {
    Map<String, ValidationErrors> alike = new LinkedHashMap<>();
    for (ValidationError error : errors) {
      ValidationErrors group =
          alike.computeIfAbsent(error.sentence(), sentence -> new ValidationErrors());
      error.line().ifPresent(group.lines::add);
    }
    return alike.entrySet().stream()
        .map(entry -> entry.getValue().place() + entry.getKey())
        .toList();
  }

  private String place() {
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
    String told = String.join(", ", ranges.subList(0, Math.min(RANGES_TOLD, ranges.size())));
    String more = ranges.size() > RANGES_TOLD ? " and more" : "";
    return (sorted.size() == 1 ? "line " : "lines ") + told + more + ": ";
  }
}
