package dev.sluice.simulator.openai;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer in JSON for the schema of a request: one value of each named property. Ranges, patterns
 * and combinations of schemas are not respected.
 */
public final class StructuredAnswer {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MAX_DEPTH = 20;

  private final JsonNode root;
  private final String text;

  private StructuredAnswer(JsonNode root, String text) {
    this.root = root;
    this.text = text;
  }

  /**
   * An answer that fits the schema.
   *
   * @param text the value of all strings
   */
  public static String fitting(JsonNode schema, String text) {
    return JSON.writeValueAsString(new StructuredAnswer(schema, text).value(schema, 0));
  }

  /** An answer without the first required property; the text itself if no property is required. */
  public static String missing(JsonNode schema, String text) {
    JsonNode required = schema.path("required").path(0);
    JsonNode answer = new StructuredAnswer(schema, text).value(schema, 0);
    return required.isString() && answer instanceof ObjectNode object
        ? JSON.writeValueAsString(object.without(required.asString()))
        : text;
  }

  private JsonNode value(JsonNode schema, int depth) {
    JsonNode fixed = schema.has("const") ? schema.path("const") : schema.path("enum").path(0);
    if (!fixed.isMissingNode()) {
      return fixed;
    }
    if (depth > MAX_DEPTH) {
      return NODES.nullNode();
    }
    if (schema.path("$ref").isString()) {
      return value(root.at(schema.path("$ref").asString().substring(1)), depth + 1);
    }
    JsonNode type = schema.path("type");
    return switch (type.isArray() ? type.path(0).asString("") : type.asString("object")) {
      case "array" -> array(schema, depth);
      case "string" -> NODES.stringNode(text);
      case "integer", "number" -> NODES.numberNode(schema.path("minimum").asInt(1));
      case "boolean" -> NODES.booleanNode(true);
      case "null" -> NODES.nullNode();
      default -> object(schema, depth);
    };
  }

  private ArrayNode array(JsonNode schema, int depth) {
    ArrayNode array = NODES.arrayNode();
    for (int i = 0; i < Math.max(1, schema.path("minItems").asInt(1)); i++) {
      array.add(value(schema.path("items"), depth + 1));
    }
    return array;
  }

  private ObjectNode object(JsonNode schema, int depth) {
    ObjectNode object = NODES.objectNode();
    schema
        .path("properties")
        .properties()
        .forEach(property -> object.set(property.getKey(), value(property.getValue(), depth + 1)));
    return object;
  }
}
