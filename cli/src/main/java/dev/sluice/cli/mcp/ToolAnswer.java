package dev.sluice.cli.mcp;

import dev.sluice.cli.json.JsonValues;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * What a tool returns. Text and structured content have a maximum size.
 *
 * @param lines the text for the model
 * @param json the same as an object, as the HTTP API returns it
 * @param more how to get the rest, if the answer is truncated
 */
record ToolAnswer(List<String> lines, JsonNode json, String more) {
  /** Maximum size of the structured content, in bytes. */
  static final int MAX_JSON_BYTES = 38_000;

  private static final int MAX_TEXT_BYTES = 10_000;

  /** The text, without a list of lines. */
  static ToolAnswer of(String line, JsonNode json, String more) {
    return new ToolAnswer(List.of(line), json, more);
  }

  /** The result of {@code tools/call}. */
  ObjectNode result() {
    ObjectNode result = result(lines, more);
    result.set("structuredContent", BoundedJson.of((ObjectNode) json, MAX_JSON_BYTES, more));
    return result.put("isError", false);
  }

  /** The result of a call that failed. */
  static ObjectNode error(List<String> lines) {
    return result(lines, "The rest of the message is omitted.").put("isError", true);
  }

  private static ObjectNode result(List<String> lines, String more) {
    ObjectNode result = JsonValues.object();
    result
        .putArray("content")
        .addObject()
        .put("type", "text")
        .put("text", bounded(String.join("\n", lines), more));
    return result;
  }

  private static String bounded(String text, String more) {
    String start = text;
    for (int size = size(start); size > MAX_TEXT_BYTES; size = size(start)) {
      start = BoundedText.start(start, (int) ((long) start.length() * MAX_TEXT_BYTES / size));
    }
    return start.length() == text.length()
        ? text
        : "%s…\n[Truncated: %,d of %,d characters. %s]"
            .formatted(start, start.length(), text.length(), more);
  }

  private static int size(String text) {
    return BoundedJson.size(StringNode.valueOf(text));
  }
}
