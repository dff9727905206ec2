package dev.sluice.producer.batch.split;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * The document in a request: the text of the last message with the role {@code user}, or {@code
 * input} of the Responses API if it is a string. All other bytes of the request stay as they are.
 */
@SuppressWarnings("ArrayRecordComponent") // instances are never compared
record DocumentField(byte[] body, int start, int end, String text) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Pattern BRACES = Pattern.compile("\\{(?=\\{)");

  private record Value(int start, int end, String text) {}

  /** Finds the document; empty if the request has no such text. */
  static Optional<DocumentField> find(Payload request) {
    byte[] body = request.bytes();
    try (JsonParser parser = Json.factory().createParser(ObjectReadContext.empty(), body)) {
      Value value = parser.nextToken() == JsonToken.START_OBJECT ? ofRequest(parser) : null;
      return Optional.ofNullable(value)
          .map(found -> new DocumentField(body, found.start(), found.end(), found.text()));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  private static @Nullable Value ofRequest(JsonParser parser) {
    Value document = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals("messages") && token == JsonToken.START_ARRAY) {
        document = lastOfUser(parser);
      } else if (name.equals("input") && token == JsonToken.VALUE_STRING) {
        document = string(parser);
      } else {
        skip(parser);
      }
    }
    return document;
  }

  private static @Nullable Value lastOfUser(JsonParser parser) {
    Value last = null;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        Value content = ofMessage(parser);
        last = content == null ? last : content;
      } else {
        skip(parser);
      }
    }
    return last;
  }

  private static @Nullable Value ofMessage(JsonParser parser) {
    String role = "";
    Value content = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      boolean isString = parser.nextToken() == JsonToken.VALUE_STRING;
      if (isString && name.equals("role")) {
        role = parser.getString();
      } else if (isString && name.equals("content")) {
        content = string(parser);
      } else {
        skip(parser);
      }
    }
    return role.equals("user") ? content : null;
  }

  private static Value string(JsonParser parser) {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    String text = parser.getString(); // also moves the parser to the end of the value
    return new Value(start, (int) parser.currentLocation().getByteOffset(), text);
  }

  private static void skip(JsonParser parser) {
    parser.skipChildren();
    parser.finishToken();
  }

  /** The request with another text in place of the document. */
  Payload with(String replacement) {
    return joined(latin1(0, start), replacement, latin1(end, body.length));
  }

  /**
   * The request as a template: its placeholders are those of the replacement. Two braces in a row
   * occur in JSON only within a string, where the first one can be escaped.
   */
  Payload template(String replacement) {
    return joined(
        withoutPlaceholders(latin1(0, start)),
        replacement,
        withoutPlaceholders(latin1(end, body.length)));
  }

  private static String withoutPlaceholders(String json) {
    return BRACES.matcher(json).replaceAll("\\\\u007b");
  }

  private String latin1(int from, int to) {
    return new String(body, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static Payload joined(String before, String text, String after) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(before.getBytes(StandardCharsets.ISO_8859_1));
    joined.writeBytes(JSON.writeValueAsBytes(text));
    joined.writeBytes(after.getBytes(StandardCharsets.ISO_8859_1));
    return Payload.of(joined.toByteArray());
  }
}
