package dev.sluice.worker.consume;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Finds requests that need things which live with one account: stored responses, conversations,
 * prompts, files and containers. They are sent to the first account of the route, so that later
 * requests find there what earlier ones stored.
 *
 * <pre>
 *   request                                             account
 *   names a stored response, conversation, file, …      the first one
 *   live call of the Responses API that is stored       the first one: the next call may name it
 *   else                                                any
 * </pre>
 */
final class AccountBound {
  private static final JsonFactory FACTORY = Json.factory();

  /** The JSON members that may name such a thing, with their quotes. */
  private static final List<byte[]> NAMES =
      Stream.of(
              "previous_response_id",
              "conversation",
              "prompt",
              "container",
              "file_id",
              "file_ids",
              "vector_store_ids")
          .map(name -> ('"' + name + '"').getBytes(StandardCharsets.US_ASCII))
          .toList();

  private AccountBound() {}

  /** Whether the task must be sent to the first account. */
  static boolean isBound(TaskMessage task) {
    byte[] request = task.body().bytes();
    return mayBeNamedLater(task)
        || (NAMES.stream().anyMatch(name -> contains(request, name)) && namesStored(request));
  }

  /** Responses are stored unless the request says {@code "store": false}. */
  private static boolean mayBeNamedLater(TaskMessage task) {
    return task.ids().lane() == Lane.LIVE
        && task.ids().endpoint().endsWith("/responses")
        && Json.members(task.body().bytes(), Set.of("store"))
            .filter(request -> request.path("store").asBoolean(true))
            .isPresent();
  }

  private static boolean namesStored(byte[] request) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), request)) {
      JsonToken token;
      while ((token = parser.nextToken()) != null) {
        if (token == JsonToken.PROPERTY_NAME) {
          boolean isTopLevel = parser.streamReadContext().getNestingDepth() == 1;
          if (isStored(parser.currentName(), isTopLevel, parser.nextToken())) {
            return true;
          }
        }
      }
      return false;
    } catch (JacksonException notJson) {
      return false;
    }
  }

  /** The type of the value tells them from a property of the same name in a tool's schema. */
  private static boolean isStored(String name, boolean isTopLevel, JsonToken value) {
    boolean isString = value == JsonToken.VALUE_STRING;
    boolean isTopLevelObject = isTopLevel && value == JsonToken.START_OBJECT;
    return switch (name) {
      case "previous_response_id" -> isTopLevel && isString;
      case "conversation" -> (isTopLevel && isString) || isTopLevelObject;
      case "prompt" -> isTopLevelObject; // a string is the prompt itself
      case "container" -> isString || isTopLevelObject;
      case "file_id" -> isString;
      case "file_ids", "vector_store_ids" -> value == JsonToken.START_ARRAY;
      default -> false;
    };
  }

  private static boolean contains(byte[] bytes, byte[] part) {
    for (int i = 0; i <= bytes.length - part.length; i++) {
      if (bytes[i] == part[0] && startsAt(bytes, i, part)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsAt(byte[] bytes, int start, byte[] part) {
    for (int i = 1; i < part.length; i++) {
      if (bytes[start + i] != part[i]) {
        return false;
      }
    }
    return true;
  }
}
