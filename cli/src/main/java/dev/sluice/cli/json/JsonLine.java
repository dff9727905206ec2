package dev.sluice.cli.json;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A line of a JSON Lines file: an object, or the reason why it is none. */
public sealed interface JsonLine {

  record JsonObject(JsonNode json) implements JsonLine {}

  /**
   * A line that is not an object.
   *
   * @param problem the reason, as a predicate
   */
  record Malformed(String problem) implements JsonLine {}

  /** Parses the bytes of a line. */
  static JsonLine of(byte[] line) {
    try {
      JsonNode json = JsonValues.read(line);
      return json.isObject() ? new JsonObject(json) : new Malformed("is not a JSON object");
    } catch (JacksonException notJson) {
      return new Malformed(
          "is not JSON: " + notJson.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }
}
