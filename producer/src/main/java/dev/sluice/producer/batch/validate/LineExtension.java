package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.InputError;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.check.AnswerText;
import dev.sluice.platform.route.RouteSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Applies the member {@code sluice} of a line: either {@code depends_on}, for a request that is
 * made from the answers of earlier lines, or {@code split}, for a document that may be too long.
 */
final class LineExtension {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SPLIT = "split";

  private final String endpoint;
  private final DependencyRules dependencyRules;
  private final SplitRules splitRules;

  LineExtension(String endpoint, DigestSet customIds) {
    this.endpoint = endpoint;
    this.dependencyRules = new DependencyRules(customIds::contains);
    this.splitRules = new SplitRules(customIds::add);
  }

  /** The line with its extension. */
  ParsedLine apply(ParsedLine.Request line, Payload extension, RouteSettings route) {
    List<String> problems = new ArrayList<>();
    List<ParsedLine.Request> requests =
        read(extension)
            .map(json -> requests(line, json, route, problems))
            .orElseGet(
                () -> {
                  problems.add("'sluice' must be an object");
                  return List.of();
                });
    if (!problems.isEmpty()) {
      return new ParsedLine.Invalid(
          problems.stream()
              .map(
                  problem ->
                      new InputError("invalid_dependency", line.line(), problem + ".", "sluice"))
              .toList());
    }
    return requests.size() == 1 ? requests.getFirst() : new ParsedLine.Document(requests);
  }

  private static Optional<JsonNode> read(Payload extension) {
    try {
      return Optional.of(JSON.readTree(extension.bytes())).filter(JsonNode::isObject);
    } catch (JacksonException invalid) {
      return Optional.empty();
    }
  }

  private List<ParsedLine.Request> requests(
      ParsedLine.Request line, JsonNode json, RouteSettings route, List<String> problems) {
    if (!AnswerText.isSupported(endpoint)) {
      problems.add(
          "'sluice' is not available for %s, whose answers are not text".formatted(endpoint));
      return List.of(line);
    }
    if (!json.has(SPLIT)) {
      return List.of(line.with(dependencyRules.check(line, json, problems)));
    }
    if (json.size() > 1) {
      problems.add("'sluice.split' cannot be combined with other members of 'sluice'");
    }
    return splitRules.split(line, json.path(SPLIT), route, problems);
  }
}
