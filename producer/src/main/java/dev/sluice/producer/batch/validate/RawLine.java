package dev.sluice.producer.batch.validate;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The fields of a line; null if a field is absent, or is not a string.
 *
 * @param body the original bytes of the value, which may have any type, so that numbers and escapes
 *     stay unchanged
 */
record RawLine(
    @Nullable String customId,
    @Nullable String method,
    @Nullable String url,
    @Nullable Payload body,
    @Nullable Payload extension) {
  private static final JsonFactory JSON = Json.factory();

  /** Parses a line; empty if it is not a JSON object in UTF-8. */
  static Optional<RawLine> read(byte[] line) {
    // With a NUL byte the parser would read UTF-16 or UTF-32, whose offsets differ.
    if (hasNul(line) || !Payload.of(line).isUtf8()) {
      return Optional.empty();
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      RawLine fields = fields(parser, line);
      return parser.nextToken() == null ? Optional.of(fields) : Optional.empty();
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  private static boolean hasNul(byte[] line) {
    for (byte b : line) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  private static RawLine fields(JsonParser parser, byte[] line) {
    String customId = null;
    String method = null;
    String url = null;
    Payload payload = null;
    Payload extension = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "custom_id" -> customId = text(parser, value);
        case "method" -> method = text(parser, value);
        case "url" -> url = text(parser, value);
        case "body" -> payload = slice(parser, line);
        case "sluice" -> extension = slice(parser, line);
        default -> parser.skipChildren();
      }
    }
    return new RawLine(customId, method, url, payload, extension);
  }

  private static @Nullable String text(JsonParser parser, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return parser.getString();
    }
    parser.skipChildren();
    return null;
  }

  private static Payload slice(JsonParser parser, byte[] line) {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      parser.getString(); // the parser reads scalars lazily; this moves it to the end of the value
    }
    parser.skipChildren();
    int end = (int) parser.currentLocation().getByteOffset();
    return Payload.of(Arrays.copyOfRange(line, start, end));
  }
}
