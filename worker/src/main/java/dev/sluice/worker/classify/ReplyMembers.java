package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The members of a successful reply that show how it ended. */
final class ReplyMembers {
  /** A tree of this number of bytes needs a few megabytes at most. */
  private static final int SMALL_BYTES = 64 * 1024;

  private static final Set<String> ENDING =
      Set.of(
          "error",
          "incomplete_details",
          "message",
          "object",
          "service_tier",
          "status",
          "stop_reason",
          "type",
          "usage");

  /** Arrays of answers, of which only the {@link #ANSWER_ENDING} is needed. */
  private static final Set<String> ANSWERS = Set.of("candidates", "choices");

  private static final Set<String> ANSWER_ENDING = Set.of("error", "finishReason", "finish_reason");

  /** Arrays whose elements are not needed, only whether there are any. */
  private static final Set<String> RESULTS = Set.of("data", "output");

  private static final JsonFactory FACTORY = Json.factory();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonParser parser;
  private final JsonParser limited;

  private ReplyMembers(JsonParser parser) {
    this.parser = parser;
    this.limited = Json.limitTokens(parser);
  }

  /**
   * All members of a small reply. Of a large reply only the members that show how it and its
   * answers ended, of any size, and results without content. Empty if the bytes are not a JSON
   * object.
   */
  static Optional<JsonNode> of(byte[] reply) {
    if (reply.length <= SMALL_BYTES) {
      return Json.object(reply);
    }
    return reduced(reply).or(() -> Json.members(reply, ENDING));
  }

  private static Optional<JsonNode> reduced(byte[] reply) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), reply)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      JsonNode members = new ReplyMembers(parser).read();
      return parser.nextToken() == null ? Optional.of(members) : Optional.empty();
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  private ObjectNode read() {
    ObjectNode members = NODES.objectNode();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (ENDING.contains(name)) {
        members.set(name, Json.tree(limited));
      } else if (ANSWERS.contains(name) && value == JsonToken.START_ARRAY) {
        members.set(name, answers());
      } else if (RESULTS.contains(name) && value == JsonToken.START_ARRAY) {
        members.set(name, results());
      } else {
        skip();
      }
    }
    return members;
  }

  private ArrayNode answers() {
    ArrayNode answers = NODES.arrayNode();
    while (limited.nextToken() != JsonToken.END_ARRAY) { // limits the number of answers
      answers.add(answer());
    }
    return answers;
  }

  private ObjectNode answer() {
    ObjectNode answer = NODES.objectNode();
    if (!parser.isExpectedStartObjectToken()) {
      skip();
      return answer;
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (ANSWER_ENDING.contains(name)) {
        answer.set(name, Json.tree(limited));
      } else {
        skip();
      }
    }
    return answer;
  }

  /** An array with one null if there are any results. */
  private ArrayNode results() {
    ArrayNode results = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      skip();
      if (results.isEmpty()) {
        results.addNull();
      }
    }
    return results;
  }

  private void skip() {
    parser.skipChildren();
    parser.finishToken();
  }
}
