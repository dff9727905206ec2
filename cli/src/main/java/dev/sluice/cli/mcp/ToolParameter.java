package dev.sluice.cli.mcp;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A parameter of a tool.
 *
 * @param description for the model; for an id also which tool returns it
 * @param defaultValue used if the argument is missing; null for none
 */
record ToolParameter(
    String name,
    ParameterType type,
    String description,
    boolean required,
    @Nullable JsonNode defaultValue) {
  private static final int MAX_ID_LENGTH = 200;

  static ToolParameter required(String name, ParameterType type, String description) {
    return new ToolParameter(name, type, description, true, null);
  }

  static ToolParameter optional(String name, ParameterType type, String description) {
    return new ToolParameter(name, type, description, false, null);
  }

  static ToolParameter number(
      String name, long min, long max, long defaultValue, String description) {
    return new ToolParameter(
        name,
        new ParameterType.WholeNumber(min, max),
        description,
        false,
        LongNode.valueOf(defaultValue));
  }

  static ToolParameter flag(String name, boolean defaultValue, String description) {
    return new ToolParameter(
        name, new ParameterType.Flag(), description, false, BooleanNode.valueOf(defaultValue));
  }

  /** A required id or name. */
  static ToolParameter id(String name, String description) {
    return required(name, new ParameterType.Text(MAX_ID_LENGTH), description);
  }

  /** The parameter as a member of {@code properties}. */
  ObjectNode schema() {
    ObjectNode schema = type.schema().put("description", description);
    if (defaultValue != null) {
      schema.set("default", defaultValue);
    }
    return schema;
  }

  /**
   * What is wrong with an argument.
   *
   * @param value missing for no argument
   */
  Optional<String> problem(JsonNode value) {
    if (value.isMissingNode()) {
      return required
          ? Optional.of("'%s' is missing: %s".formatted(name, description))
          : Optional.empty();
    }
    return type.accepts(value)
        ? Optional.empty()
        : Optional.of(
            "'%s' (%s) %s.".formatted(name, BoundedText.of(value.toString(), 100), type.rule()));
  }
}
