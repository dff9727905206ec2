package dev.sluice.worker.provider;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.POJONode;
import tools.jackson.databind.util.RawValue;

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

  private final int status;
  private final ObjectNode reply = JsonNodeFactory.instance.objectNode();
  private final Map<Integer, ObjectNode> choices = new TreeMap<>();
  private boolean onlyObjects = true;

  private StreamAssembler(int status) {
    this.status = status;
  }

  /**
   * The complete reply as JSON; the same reply if it is not a stream or has no end.
   *
   * @throws ReplyTooLargeException if the complete reply exceeds the limit
   */
  static Answered assemble(Answered reply) {
    if (!BoundedHttpClient.isEventStream(reply.headers())) {
      return reply;
    }
    return new StreamAssembler(reply.status())
        .complete(reply.body())
        .map(body -> new Answered(reply.status(), asJson(reply.headers()), body, reply.latency()))
        .orElse(reply);
  }

  private static Map<String, List<String>> asJson(Map<String, List<String>> headers) {
    Map<String, List<String>> changed = new TreeMap<>(headers);
    changed.put("content-type", List.of("application/json"));
    changed.remove("content-length");
    return changed;
  }

  private Optional<Payload> complete(Payload body) {
    if (Json.isObject(body.bytes())) {
      return Optional.of(body);
    }
    return events(body.text())
        .flatMap(event -> addEvent(event).stream())
        .findFirst()
        .or(this::chatCompletion);
  }

  /** Merges an event; returns the complete reply if the event contains it. */
  private Optional<Payload> addEvent(String data) {
    Optional<JsonNode> parsed = Json.object(Payload.of(data).bytes());
    if (parsed.isEmpty()) {
      onlyObjects = false;
      return Optional.empty();
    }
    JsonNode event = parsed.get();
    if (event.path("response").isObject() && hasEnded(event.path("type").asString(""))) {
      return payload(event.path("response"));
    }
    if (!event.path("error").isEmpty() || event.path("choices").path(0).has("message")) {
      return payload(event);
    }
    if (onlyObjects) {
      addChunk(event);
    }
    return Optional.empty();
  }

  private static boolean hasEnded(String type) {
    return Set.of("response.completed", "response.incomplete", "response.failed").contains(type);
  }

  private Optional<Payload> payload(JsonNode node) {
    Payload payload = Payload.of(node.toString());
    if (payload.size() > TaskCodec.MAX_REPLY_BYTES) {
      throw new ReplyTooLargeException(status);
    }
    return Optional.of(payload);
  }

  /** The data of the events, without the end mark. An event may have several lines of data. */
  private static Stream<String> events(String stream) {
    StringBuilder data = new StringBuilder();
    return Stream.concat(stream.lines(), Stream.of(""))
        .<String>mapMulti(
            (line, events) -> {
              if (line.startsWith(DATA)) {
                data.append(line, DATA.length(), line.length()).append('\n');
              } else if (line.isEmpty() && !data.isEmpty()) {
                events.accept(data.toString());
                data.setLength(0);
              }
            })
        .filter(event -> !event.strip().equals(END));
  }

  private void addChunk(JsonNode chunk) {
    replace(reply, chunk, Set.of("choices"));
    for (JsonNode choice : chunk.path("choices")) {
      add(
          choices.computeIfAbsent(
              choice.path("index").asInt(0), index -> JsonNodeFactory.instance.objectNode()),
          choice);
    }
  }

  private Optional<Payload> chatCompletion() {
    boolean isComplete =
        onlyObjects
            && !choices.isEmpty()
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
    StringBuilder text = text(earlier);
    if (text == null) {
      return value;
    }
    if (value.isNull()) {
      return earlier;
    }
    String added = value.asString("");
    if (WHOLE_STRINGS.contains(name)) {
      return added.isEmpty() ? earlier : value;
    }
    return JsonNodeFactory.instance.pojoNode(text.append(added));
  }

  /** The text of a string that may have been merged already; null for other values. */
  private static @Nullable StringBuilder text(JsonNode node) {
    if (node instanceof POJONode merged && merged.getPojo() instanceof StringBuilder text) {
      return text;
    }
    return node.isString() ? new StringBuilder(node.asString()) : null;
  }

  /**
   * Elements with the same {@code index} are parts of one element, such as a tool call. Others,
   * such as the log probabilities of a token, are kept as text: their nodes would need ten times
   * the memory.
   */
  private static ArrayNode mergedArray(JsonNode earlier, ArrayNode added) {
    ArrayNode list =
        earlier instanceof ArrayNode started ? started : JsonNodeFactory.instance.arrayNode();
    for (JsonNode element : added) {
      int position = position(list, element.path("index"));
      if (!element.path("index").isNumber()) {
        list.add(JsonNodeFactory.instance.rawValueNode(new RawValue(element.toString())));
      } else if (position < 0) {
        list.add(merged("", JsonNodeFactory.instance.missingNode(), element));
      } else {
        list.set(position, merged("", list.get(position), element));
      }
    }
    return list;
  }

  private static int position(ArrayNode list, JsonNode index) {
    if (!index.isNumber()) {
      return -1;
    }
    for (int i = list.size() - 1; i >= 0; i--) { // mostly a part of the last element
      if (list.get(i).path("index").equals(index)) {
        return i;
      }
    }
    return -1;
  }
}
