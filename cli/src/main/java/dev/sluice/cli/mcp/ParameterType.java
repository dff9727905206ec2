package dev.sluice.cli.mcp;

import dev.sluice.cli.json.JsonValues;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The values that an argument of a tool may have. */
sealed interface ParameterType {
  /** The JSON schema of the values. */
  ObjectNode schema();

  boolean accepts(JsonNode value);

  /** The rule as a predicate, such as {@code must be true or false}. */
  String rule();

  /**
   * A text that is not blank.
   *
   * @param maxLength in characters
   */
  record Text(int maxLength) implements ParameterType {
    @Override
    public ObjectNode schema() {
      return JsonValues.object()
          .put("type", "string")
          .put("minLength", 1)
          .put("maxLength", maxLength);
    }

    @Override
    public boolean accepts(JsonNode value) {
      return value.isString()
          && !value.asString().isBlank()
          && value.asString().length() <= maxLength;
    }

    @Override
    public String rule() {
      return "must be a string of 1 to %d characters".formatted(maxLength);
    }
  }

  /**
   * Several texts.
   *
   * @param element the type of each
   */
  record Texts(Text element, int maxItems) implements ParameterType {
    @Override
    public ObjectNode schema() {
      ObjectNode schema =
          JsonValues.object().put("type", "array").put("minItems", 1).put("maxItems", maxItems);
      schema.set("items", element.schema());
      return schema;
    }

    @Override
    public boolean accepts(JsonNode value) {
      return value.isArray()
          && !value.isEmpty()
          && value.size() <= maxItems
          && value.valueStream().allMatch(element::accepts);
    }

    @Override
    public String rule() {
      return "must be an array of 1 to %d strings".formatted(maxItems);
    }
  }

  /** One of several words. */
  record Choice(List<String> words) implements ParameterType {
    @Override
    public ObjectNode schema() {
      ObjectNode schema = JsonValues.object().put("type", "string");
      ArrayNode values = schema.putArray("enum");
      words.forEach(values::add);
      return schema;
    }

    @Override
    public boolean accepts(JsonNode value) {
      return value.isString() && words.contains(value.asString());
    }

    @Override
    public String rule() {
      return "must be one of " + String.join(", ", words);
    }
  }

  /** An integer in a range. */
  record WholeNumber(long min, long max) implements ParameterType {
    @Override
    public ObjectNode schema() {
      return JsonValues.object().put("type", "integer").put("minimum", min).put("maximum", max);
    }

    @Override
    public boolean accepts(JsonNode value) {
      return value.isIntegralNumber()
          && value.canConvertToLong()
          && value.asLong() >= min
          && value.asLong() <= max;
    }

    @Override
    public String rule() {
      return "must be an integer from %d to %d".formatted(min, max);
    }
  }

  /** True or false. */
  record Flag() implements ParameterType {
    @Override
    public ObjectNode schema() {
      return JsonValues.object().put("type", "boolean");
    }

    @Override
    public boolean accepts(JsonNode value) {
      return value.isBoolean();
    }

    @Override
    public String rule() {
      return "must be true or false";
    }
  }
}
