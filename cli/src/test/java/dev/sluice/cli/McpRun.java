package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.json.JsonValues;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One run of {@code sluice mcp} whose client sends all messages and then closes stdin. */
record McpRun(int exitCode, List<JsonNode> responses, String err) {
  static McpRun of(FakeProducer producer, List<String> options, String... messages) {
    String[] arguments = Stream.concat(Stream.of("mcp"), options.stream()).toArray(String[]::new);
    CommandRun run =
        CommandRun.reading(
            producer,
            Stream.of(messages).map(line -> line + "\n").collect(Collectors.joining()),
            arguments);
    List<JsonNode> responses =
        run.out().lines().map(line -> JsonValues.read(line.getBytes(UTF_8))).toList();
    return new McpRun(run.exitCode(), responses, run.err());
  }

  static McpRun of(FakeProducer producer, String... messages) {
    return of(producer, List.of(), messages);
  }

  /** The result of one call, with the option to write. */
  static JsonNode call(FakeProducer producer, String tool, String arguments) {
    return of(producer, List.of("--allow-writes"), callMessage(tool, arguments)).result();
  }

  static String callMessage(String tool, String arguments) {
    return request(
        1, "tools/call", "{\"name\":\"%s\",\"arguments\":%s}".formatted(tool, arguments));
  }

  static String request(int id, String method, String params) {
    ObjectNode request =
        JsonValues.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    request.set("params", JsonValues.read(params.getBytes(UTF_8)));
    return JsonValues.line(request);
  }

  /** The result of the only response. */
  JsonNode result() {
    return only().path("result");
  }

  /** The error of the only response. */
  JsonNode error() {
    return only().path("error");
  }

  private JsonNode only() {
    if (responses.size() != 1) {
      throw new AssertionError(responses.size() + " responses; stderr: " + err);
    }
    return responses.getFirst();
  }

  static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asString("");
  }
}
