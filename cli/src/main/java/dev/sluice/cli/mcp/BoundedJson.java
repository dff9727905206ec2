package dev.sluice.cli.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.json.JsonValues;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Shortens JSON objects: long texts first, then long arrays. */
final class BoundedJson {
  /** Member that a shortened object has: how to get the rest. */
  static final String TRUNCATED = "truncated";

  private static final int ALL = Integer.MAX_VALUE;

  /** The limits to try, until the object is small enough. */
  private static final List<Limits> LIMITS =
      List.of(
          new Limits(16_000, ALL),
          new Limits(4_000, ALL),
          new Limits(1_000, ALL),
          new Limits(200, ALL),
          new Limits(200, 50),
          new Limits(100, 10),
          new Limits(100, 3));

  private BoundedJson() {}

  /**
   * Limits for the parts of an object.
   *
   * @param text characters of each text
   * @param items elements of each array
   */
  private record Limits(int text, int items) {}

  /**
   * The object, or a shortened copy.
   *
   * @param more how to get the rest
   */
  static ObjectNode of(ObjectNode object, int maxBytes, String more) {
    if (size(object) <= maxBytes) {
      return object;
    }
    for (Limits limits : LIMITS) {
      ObjectNode copy = object(object, limits).put(TRUNCATED, more);
      if (size(copy) <= maxBytes) {
        return copy;
      }
    }
    return JsonValues.object().put(TRUNCATED, more);
  }

  /** Size as UTF-8, in bytes. */
  static int size(JsonNode json) {
    return JsonValues.line(json).getBytes(UTF_8).length;
  }

  private static JsonNode shortened(JsonNode json, Limits limits) {
    return switch (json) {
      case StringNode text -> text(text, limits.text());
      case ArrayNode array -> array(array, limits);
      case ObjectNode object -> object(object, limits);
      default -> json;
    };
  }

  private static JsonNode text(StringNode json, int maxLength) {
    String text = json.asString();
    return text.length() <= maxLength
        ? json
        : StringNode.valueOf(
            "%s… (%,d characters in all)"
                .formatted(BoundedText.start(text, maxLength), text.length()));
  }

  private static ArrayNode array(ArrayNode array, Limits limits) {
    ArrayNode copy = array.arrayNode();
    array
        .valueStream()
        .limit(limits.items())
        .forEach(element -> copy.add(shortened(element, limits)));
    return copy;
  }

  private static ObjectNode object(ObjectNode object, Limits limits) {
    ObjectNode copy = object.objectNode();
    object
        .properties()
        .forEach(member -> copy.set(member.getKey(), shortened(member.getValue(), limits)));
    return copy;
  }
}
