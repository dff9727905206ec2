package dev.sluice.cli.mcp;

import dev.sluice.cli.json.JsonValues;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tool that a model can call.
 *
 * @param name unique in this server
 * @param title name for people
 * @param description for the model: what it returns, and when to use it
 */
record Tool(
    String name,
    String title,
    String description,
    Effect effect,
    List<ToolParameter> parameters,
    Action action) {

  /** What a call changes. */
  enum Effect {
    READ,
    /** A change that can be reversed and costs nothing. */
    CHANGE,
    /** A change that ends work, stops a route, or makes calls that are billed. */
    DESTRUCTIVE_CHANGE
  }

  /** What the tool does. */
  @FunctionalInterface
  interface Action {
    /**
     * Runs the tool.
     *
     * @throws dev.sluice.cli.terminal.CommandException with a message for the model
     */
    ToolAnswer run(ToolArguments arguments) throws IOException, InterruptedException;
  }

  /** The tool as an element of {@code tools/list}. */
  ObjectNode json() {
    ObjectNode json =
        JsonValues.object().put("name", name).put("title", title).put("description", description);
    ObjectNode schema = json.putObject("inputSchema").put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    parameters.forEach(parameter -> properties.set(parameter.name(), parameter.schema()));
    ArrayNode required = schema.putArray("required");
    parameters.stream()
        .filter(ToolParameter::required)
        .map(ToolParameter::name)
        .forEach(required::add);
    schema.put("additionalProperties", false);
    json.putObject("annotations")
        .put("title", title)
        .put("readOnlyHint", effect == Effect.READ)
        .put("destructiveHint", effect == Effect.DESTRUCTIVE_CHANGE)
        .put("openWorldHint", false);
    return json;
  }
}
