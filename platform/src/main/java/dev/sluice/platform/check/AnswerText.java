package dev.sluice.platform.check;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.MessagesApi;
import dev.sluice.common.wire.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The texts of a model's answers in a provider's reply. Other members, such as {@code logprobs},
 * may have any number of values, so the parser skips them.
 */
public final class AnswerText {
  /** The endpoints whose replies contain answers as text. */
  public static final List<String> ENDPOINTS =
      List.of("/v1/chat/completions", "/v1/responses", MessagesApi.MESSAGES);

  private static final List<String> NO_TEXT = List.of("");
  private static final JsonFactory FACTORY = Json.factory();

  private AnswerText() {}

  /** Whether the replies of this endpoint contain answers as text. */
  public static boolean isSupported(String endpoint) {
    return ENDPOINTS.contains(endpoint);
  }

  /**
   * The text of each answer: one, or one for each choice of a chat completion. The text of an
   * answer without text, such as a refusal or a tool call, is empty.
   */
  public static List<String> of(Payload reply) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), reply.bytes())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return NO_TEXT;
      }
      Map<String, List<String>> texts = texts(parser);
      return parser.nextToken() != null
          ? NO_TEXT
          : Stream.of("choices", "output", "content")
              .map(texts::get)
              .filter(Objects::nonNull)
              .findFirst()
              .filter(found -> !found.isEmpty())
              .orElse(NO_TEXT);
    } catch (JacksonException notJson) {
      return NO_TEXT;
    }
  }

  private static Map<String, List<String>> texts(JsonParser parser) {
    Map<String, List<String>> texts = new HashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "choices" -> texts.put(name, elements(parser, AnswerText::choice));
        case "output" ->
            texts.put(name, List.of(String.join("", elements(parser, AnswerText::outputItem))));
        case "content" -> texts.put(name, List.of(content(parser)));
        default -> skip(parser);
      }
    }
    return texts;
  }

  private static String choice(JsonParser parser) {
    return member(parser, "message", message -> member(message, "content", AnswerText::content));
  }

  private static String outputItem(JsonParser parser) {
    Map<String, String> members =
        members(parser, Map.of("type", AnswerText::string, "content", AnswerText::content));
    return "message".equals(members.get("type")) ? members.getOrDefault("content", "") : "";
  }

  /** A string, or parts; only parts of text have a member {@code text}. */
  private static String content(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_STRING
        ? parser.getString()
        : String.join("", elements(parser, part -> member(part, "text", AnswerText::string)));
  }

  private static String string(JsonParser parser) {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getString();
    }
    skip(parser);
    return "";
  }

  private static List<String> elements(JsonParser parser, Function<JsonParser, String> element) {
    List<String> elements = new ArrayList<>();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      skip(parser);
      return elements;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(element.apply(parser));
    }
    return elements;
  }

  private static String member(JsonParser parser, String name, Function<JsonParser, String> value) {
    return members(parser, Map.of(name, value)).getOrDefault(name, "");
  }

  private static Map<String, String> members(
      JsonParser parser, Map<String, Function<JsonParser, String>> values) {
    Map<String, String> members = new HashMap<>();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      skip(parser);
      return members;
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      Function<JsonParser, String> value = values.get(name);
      if (value == null) {
        skip(parser);
      } else {
        members.put(name, value.apply(parser));
      }
    }
    return members;
  }

  private static void skip(JsonParser parser) {
    parser.skipChildren();
    parser.finishToken();
  }
}
