package dev.sluice.cli.mcp;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** The checked arguments of a call, with the defaults of those that are missing. */
final class ToolArguments {
  private final ObjectNode values;

  private ToolArguments(ObjectNode values) {
    this.values = values;
  }

  /**
   * Checks the arguments of a call.
   *
   * @param json an object; a member that is null counts as missing
   * @throws CommandException with all problems
   */
  static ToolArguments of(Tool tool, JsonNode json) {
    ObjectNode values = JsonValues.object();
    List<String> problems = new ArrayList<>();
    for (ToolParameter parameter : tool.parameters()) {
      JsonNode value = json.path(parameter.name());
      if (value.isNull()) {
        value = MissingNode.getInstance();
      }
      parameter.problem(value).ifPresent(problems::add);
      JsonNode defaultValue = parameter.defaultValue();
      if (!value.isMissingNode()) {
        values.set(parameter.name(), value);
      } else if (defaultValue != null) {
        values.set(parameter.name(), defaultValue);
      }
    }
    List<String> names = tool.parameters().stream().map(ToolParameter::name).toList();
    json.propertyNames().stream()
        .filter(name -> !names.contains(name))
        .map(name -> unknown(name, tool.name(), names))
        .forEach(problems::add);
    if (!problems.isEmpty()) {
      problems.add("Correct the arguments and call %s again.".formatted(tool.name()));
      throw new CommandException(ExitCode.USAGE_ERROR, problems);
    }
    return new ToolArguments(values);
  }

  private static String unknown(String name, String tool, List<String> names) {
    return "'%s' is not an argument of %s; %s"
        .formatted(
            name,
            tool,
            names.isEmpty()
                ? "it has none."
                : "its arguments are %s.".formatted(String.join(", ", names)));
  }

  /** A required text. */
  String text(String name) {
    return find(name).orElseThrow();
  }

  Optional<String> find(String name) {
    return has(name) ? Optional.of(values.path(name).asString()) : Optional.empty();
  }

  boolean has(String name) {
    return values.has(name);
  }

  /** A number that is present or has a default. */
  long number(String name) {
    return values.path(name).asLong();
  }

  boolean flag(String name) {
    return values.path(name).asBoolean();
  }

  /** The value as JSON; missing if it is not present. */
  JsonNode json(String name) {
    return values.path(name);
  }
}
