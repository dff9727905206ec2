package dev.sluice.producer.live;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Removes the member {@code sluice} from a request, because providers reject unknown members. The
 * other bytes stay unchanged.
 */
final class SluiceFieldRemover {
  static final String FIELD = "sluice";

  private static final JsonFactory JSON = Json.factory();

  private SluiceFieldRemover() {}

  /** Returns the request without the member; empty if the request does not have it. */
  static Optional<Payload> remove(Payload request) {
    byte[] bytes = request.bytes();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean found = parser.currentName().equals(FIELD);
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.nextToken();
        parser.skipChildren();
        if (found) {
          parser.finishToken();
          return Optional.of(without(bytes, start, (int) parser.currentLocation().getByteOffset()));
        }
      }
      return Optional.empty();
    } catch (JacksonException invalid) {
      return Optional.empty();
    }
  }

  /** Also removes one comma: the one after the member, or before it if the member is the last. */
  private static Payload without(byte[] bytes, int start, int end) {
    int from = start;
    int to = skipWhitespace(bytes, end);
    if (to < bytes.length && bytes[to] == ',') {
      to++;
    } else {
      int before = start - 1;
      while (before > 0 && Character.isWhitespace(bytes[before])) {
        before--;
      }
      from = bytes[before] == ',' ? before : start;
    }
    ByteArrayOutputStream remaining = new ByteArrayOutputStream(bytes.length);
    remaining.write(bytes, 0, from);
    remaining.write(bytes, to, bytes.length - to);
    return Payload.of(remaining.toByteArray());
  }

  private static int skipWhitespace(byte[] bytes, int end) {
    int at = end;
    while (at < bytes.length && Character.isWhitespace(bytes[at])) {
      at++;
    }
    return at;
  }
}
