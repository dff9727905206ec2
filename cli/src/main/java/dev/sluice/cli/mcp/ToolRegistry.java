package dev.sluice.cli.mcp;

import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The tools of the server. */
final class ToolRegistry {
  private final Map<String, Tool> tools = new LinkedHashMap<>();
  private final boolean allowWrites;

  private ToolRegistry(boolean allowWrites) {
    this.allowWrites = allowWrites;
  }

  /** All tools of Sluice. */
  static ToolRegistry of(SluiceClient client, Terminal terminal, boolean allowWrites) {
    ToolRegistry registry = new ToolRegistry(allowWrites);
    Stream.of(
            new BatchTools(client, terminal).tools(),
            new RouteTools(client.routes()).tools(),
            new DeadLetterTools(client.deadLetters(), terminal).tools())
        .flatMap(List::stream)
        .forEach(tool -> registry.tools.put(tool.name(), tool));
    return registry;
  }

  /** The result of {@code tools/list}. */
  ObjectNode list() {
    ObjectNode result = JsonValues.object();
    ArrayNode list = result.putArray("tools");
    allowed().map(Tool::json).forEach(list::add);
    return result;
  }

  private Stream<Tool> allowed() {
    return tools.values().stream().filter(this::isAllowed);
  }

  /**
   * The result of {@code tools/call}.
   *
   * @throws RpcException if there is no such tool, or its arguments are no object
   */
  ObjectNode call(JsonNode params) throws InterruptedException {
    Tool tool = tools.get(params.path("name").asString(""));
    JsonNode arguments = params.path("arguments");
    if (tool == null) {
      throw new RpcException(
          RpcException.INVALID_PARAMS,
          "Unknown tool %s. The tools are %s."
              .formatted(
                  BoundedText.of(params.path("name").toString(), 100),
                  allowed().map(Tool::name).collect(Collectors.joining(", "))));
    }
    if (!arguments.isMissingNode() && !arguments.isObject()) {
      throw new RpcException(
          RpcException.INVALID_PARAMS,
          "'arguments' of %s must be an object.".formatted(tool.name()));
    }
    if (!isAllowed(tool)) {
      return ToolAnswer.error(
          List.of(
              "%s changes Sluice, and this server is read-only. Start it as `sluice mcp --allow-writes` to allow changes."
                  .formatted(tool.name())));
    }
    return run(tool, arguments);
  }

  private static ObjectNode run(Tool tool, JsonNode arguments) throws InterruptedException {
    try {
      return tool.action().run(ToolArguments.of(tool, arguments)).result();
    } catch (CommandException problem) {
      return ToolAnswer.error(problem.lines());
    } catch (IOException failed) {
      return ToolAnswer.error(
          List.of(
              "The connection to Sluice was lost (%s). Call %s again."
                  .formatted(failed.getMessage(), tool.name())));
    }
  }

  private boolean isAllowed(Tool tool) {
    return allowWrites || tool.effect() == Tool.Effect.READ;
  }
}
