package dev.sluice.worker.provider;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds the complete reply from a stream that was not forwarded: the request asks for no stream,
 * or no caller can receive one.
 *
 * <pre>
 *   body of the stream                          reply
 *   one JSON object                             that object
 *   an event with an error                      that event
 *   response.completed, .incomplete, .failed    the response in that event
 *   chat chunks, all choices finished           the chunks' deltas, merged
 *   anything else                               unchanged
 * </pre>
 */
final class StreamAssembler {
  private static final String DATA = "data:";
  private static final String END = "[DONE]";

  /** Providers repeat these strings in each chunk, or send them once. */
  private static final Set<String> WHOLE_STRINGS = Set.of("role", "type", "id", "name");

  /** The members of a choice that arrive in parts. */
  private static final Set<String> MERGED = Set.of("delta", "logprobs");

  private StreamAssembler() {}

  /** The complete reply as JSON; the same reply if it is not a stream or has no end. */
  static Answered assemble(Answered reply) {
    if (!BoundedHttpClient.isEventStream(reply.headers())) {
      return reply;
    }
    return complete(reply.body())
        .map(body -> new Answered(reply.status(), asJson(reply.headers()), body, reply.latency()))
        .orElse(reply);
  }

  private static Map<String, List<String>> asJson(Map<String, List<String>> headers) {
    Map<String, List<String>> changed = new TreeMap<>(headers);
    changed.put("content-type", List.of("application/json"));
    changed.remove("content-length");
    return changed;
  }

  private static Optional<Payload> complete(Payload body) {
    if (Json.object(body.bytes()).isPresent()) {
      return Optional.of(body);
    }
    List<JsonNode> events = events(body.text());
    for (JsonNode event : events) {
      if (event.path("response").isObject() && hasEnded(event.path("type").asString(""))) {
        return payload(event.path("response"));
      }
      if (!event.path("error").isEmpty() || event.path("choices").path(0).has("message")) {
        return payload(event);
      }
    }
    return chatCompletion(events);
  }

  private static boolean hasEnded(String type) {
    return Set.of("response.completed", "response.incomplete", "response.failed").contains(type);
  }

  private static Optional<Payload> payload(JsonNode node) {
    return Optional.of(Payload.of(node.toString()));
  }

  /**
   * The JSON objects in the events' data; a missing node for other data. An event may have several
   * lines of data.
   */
  private static List<JsonNode> events(String stream) {
    List<JsonNode> events = new ArrayList<>();
    StringBuilder data = new StringBuilder();
    for (String line : (stream + "\n\n").split("\r\n|\n|\r", -1)) {
      if (line.startsWith(DATA)) {
        data.append(line, DATA.length(), line.length()).append('\n');
      } else if (line.isEmpty() && !data.isEmpty()) {
        if (!data.toString().strip().equals(END)) {
          events.add(
              Json.object(Payload.of(data.toString()).bytes())
                  .orElseGet(JsonNodeFactory.instance::missingNode));
        }
        data.setLength(0);
      }
    }
    return events;
  }

  private static Optional<Payload> chatCompletion(List<JsonNode> chunks) {
    ObjectNode reply = JsonNodeFactory.instance.objectNode();
    Map<Integer, ObjectNode> choices = new TreeMap<>();
    for (JsonNode chunk : chunks) {
      replace(reply, chunk, Set.of("choices"));
      for (JsonNode choice : chunk.path("choices")) {
        add(
            choices.computeIfAbsent(
                choice.path("index").asInt(0), index -> JsonNodeFactory.instance.objectNode()),
            choice);
      }
    }
    boolean isComplete =
        !choices.isEmpty()
            && chunks.stream().allMatch(JsonNode::isObject)
            && choices.values().stream()
                .allMatch(choice -> choice.path("finish_reason").isString());
    if (!isComplete) {
      return Optional.empty();
    }
    ArrayNode list = reply.put("object", "chat.completion").putArray("choices");
    choices.values().forEach(choice -> list.add(withMessage(choice)));
    return payload(reply);
  }

  private static void add(ObjectNode choice, JsonNode chunk) {
    replace(choice, chunk, MERGED);
    for (String name : MERGED) {
      if (chunk.path(name).isObject()) {
        choice.set(name, merged(name, choice.path(name), chunk.path(name)));
      }
    }
  }

  private static ObjectNode withMessage(ObjectNode choice) {
    JsonNode delta = choice.remove("delta");
    ObjectNode message =
        delta instanceof ObjectNode merged ? merged : JsonNodeFactory.instance.objectNode();
    if (!message.has("role")) {
      message.put("role", "assistant");
    }
    if (!message.has("content")) {
      message.putNull("content");
    }
    for (JsonNode call : message.path("tool_calls")) {
      if (call instanceof ObjectNode object) {
        object.remove("index");
      }
    }
    choice.set("message", message);
    return choice;
  }

  private static void replace(ObjectNode target, JsonNode chunk, Set<String> except) {
    chunk
        .properties()
        .forEach(
            member -> {
              boolean isAbsent = member.getValue().isNull() && target.has(member.getKey());
              if (!isAbsent && !except.contains(member.getKey())) {
                target.set(member.getKey(), member.getValue());
              }
            });
  }

  /** Concatenates strings, appends to arrays and merges objects. */
  private static JsonNode merged(String name, JsonNode earlier, JsonNode value) {
    if (value instanceof ArrayNode array) {
      return mergedArray(earlier, array);
    }
    if (value instanceof ObjectNode object) {
      ObjectNode target =
          earlier instanceof ObjectNode started ? started : JsonNodeFactory.instance.objectNode();
      object
          .properties()
          .forEach(
              member ->
                  target.set(
                      member.getKey(),
                      merged(member.getKey(), target.path(member.getKey()), member.getValue())));
      return target;
    }
    if (!earlier.isString()) {
      return value;
    }
    if (value.isNull()) {
      return earlier;
    }
    String text = value.asString("");
    if (WHOLE_STRINGS.contains(name)) {
      return text.isEmpty() ? earlier : value;
    }
    return JsonNodeFactory.instance.stringNode(earlier.asString() + text);
  }

  /** Elements with the same {@code index} are parts of one element, such as a tool call. */
  private static ArrayNode mergedArray(JsonNode earlier, ArrayNode added) {
    ArrayNode list =
        earlier instanceof ArrayNode started ? started : JsonNodeFactory.instance.arrayNode();
    for (JsonNode element : added) {
      int position = position(list, element.path("index"));
      if (position < 0) {
        list.add(merged("", JsonNodeFactory.instance.missingNode(), element));
      } else {
        list.set(position, merged("", list.get(position), element));
      }
    }
    return list;
  }

  private static int position(ArrayNode list, JsonNode index) {
    for (int i = 0; i < list.size(); i++) {
      if (index.isNumber() && list.get(i).path("index").equals(index)) {
        return i;
      }
    }
    return -1;
  }
}
