package dev.sluice.producer.batch.validate;

import dev.sluice.producer.batch.dependency.BodyTemplate;
import dev.sluice.producer.store.NewDependents.Dependencies;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Validates the member {@code sluice} of a line, which says that the line waits for the answers of
 * earlier lines: {@code {"depends_on": ["a", "b"], "labels": ["first", "second"], "partial":
 * "keep", "max_tokens": 90000}}.
 */
final class DependencyRules {
  static final int MAX_DEPENDENCIES = 5_000;

  private static final Set<String> MEMBERS =
      Set.of("depends_on", "labels", "partial", "max_tokens");
  private static final int MAX_LABEL_LENGTH = 500;
  private static final int MIN_MAX_TOKENS = 100;

  private final Predicate<String> isEarlier;

  /**
   * @param isEarlier whether this line or an earlier one has this custom id
   */
  DependencyRules(Predicate<String> isEarlier) {
    this.isEarlier = isEarlier;
  }

  /** The dependencies of a line. */
  Dependencies check(ParsedLine.Request line, JsonNode json, List<String> problems) {
    json.propertyNames().stream()
        .filter(name -> !MEMBERS.contains(name))
        .forEach(
            name ->
                problems.add(
                    "'sluice.%s' is not supported; the members are split, or depends_on, labels, partial and max_tokens"
                        .formatted(LineRules.abbreviate(name))));
    List<String> ids = ids(line.customId(), json.path("depends_on"), problems);
    Dependencies dependencies =
        new Dependencies(
            ids,
            labels(json.path("labels"), ids.size(), problems),
            keepPartial(json.path("partial"), "", problems),
            maxTokens(json.path("max_tokens"), problems));
    if (problems.isEmpty()) {
      checkBody(new BodyTemplate(line.body()), dependencies, problems);
    }
    return dependencies;
  }

  private List<String> ids(String customId, JsonNode json, List<String> problems) {
    if (!json.isArray() || json.isEmpty() || json.size() > MAX_DEPENDENCIES) {
      problems.add(
          "'sluice.depends_on' must be an array of 1 to %d custom ids".formatted(MAX_DEPENDENCIES));
      return List.of();
    }
    List<String> ids = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JsonNode id : json) {
      String text = id.asString("");
      ids.add(text);
      if (!id.isString() || text.equals(customId) || !isEarlier.test(text)) {
        problems.add(
            "'sluice.depends_on' has %s, which is not the custom_id of an earlier line"
                .formatted(LineRules.abbreviate(id.toString())));
        return List.of();
      }
      if (!seen.add(text)) {
        problems.add("'sluice.depends_on' has '%s' twice".formatted(LineRules.abbreviate(text)));
      }
    }
    return List.copyOf(ids);
  }

  private static @Nullable List<String> labels(JsonNode json, int size, List<String> problems) {
    if (json.isMissingNode() || json.isNull()) {
      return null;
    }
    List<String> labels = new ArrayList<>();
    json.forEach(label -> labels.add(label.isString() ? label.asString() : ""));
    boolean valid =
        json.isArray()
            && labels.size() == size
            && labels.stream()
                .allMatch(
                    label ->
                        !label.isBlank()
                            && label.length() <= MAX_LABEL_LENGTH
                            && label.codePoints().allMatch(LineRules::isText));
    if (!valid) {
      problems.add(
          "'sluice.labels' must be an array with one text of 1 to %d characters for each of depends_on"
              .formatted(MAX_LABEL_LENGTH));
    }
    return labels;
  }

  /**
   * Whether the answers of failed tasks may be missing.
   *
   * @param parent of the member in messages, with a dot
   */
  static boolean keepPartial(JsonNode json, String parent, List<String> problems) {
    String value = json.isMissingNode() ? "fail" : json.asString("");
    if (!value.equals("fail") && !value.equals("keep")) {
      problems.add(
          "'sluice.%spartial' must be \"fail\" or \"keep\"; the default is \"fail\""
              .formatted(parent));
    }
    return value.equals("keep");
  }

  private static @Nullable Long maxTokens(JsonNode json, List<String> problems) {
    if (json.isMissingNode() || json.isNull()) {
      return null;
    }
    long tokens = json.isIntegralNumber() ? json.asLong(0) : 0;
    if (tokens < MIN_MAX_TOKENS) {
      problems.add(
          "'sluice.max_tokens' (%s) must be an integer of at least %d"
              .formatted(LineRules.abbreviate(json.toString()), MIN_MAX_TOKENS));
    }
    return tokens;
  }

  private static void checkBody(
      BodyTemplate body, Dependencies dependencies, List<String> problems) {
    int count = dependencies.customIds().size();
    List<Integer> numbers = body.numbers();
    if (!body.hasAll() && numbers.isEmpty()) {
      problems.add(
          "The body has no placeholder for the answers; write {{answers}}, or {{answer:1}} to {{answer:%d}}"
              .formatted(count));
    }
    numbers.stream()
        .filter(number -> number > count)
        .forEach(
            number ->
                problems.add(
                    "The body has {{answer:%d}}, but 'sluice.depends_on' has only %d custom ids"
                        .formatted(number, count)));
    if (dependencies.maxTokens() != null && (!body.hasAll() || !numbers.isEmpty())) {
      problems.add(
          "'sluice.max_tokens' combines the answers in levels, so the body must have {{answers}} and no other placeholder");
    }
  }
}
