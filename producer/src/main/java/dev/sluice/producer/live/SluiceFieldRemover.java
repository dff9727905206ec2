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
 * Cuts the member {@code sluice} out of a request: providers refuse what they do not know. All else
 * stays byte for byte as it was.
 */
final class SluiceFieldRemover {
  static final String NAME = "sluice";

  private static final JsonFactory JSON = Json.factory();

  private SluiceFieldRemover() {}

  /** The request without it; empty where it cannot be found. */
  static Optional<Payload> cutOut(Payload request) {
    byte[] bytes = request.bytes();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean own = parser.currentName().equals(NAME);
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.nextToken();
        parser.skipChildren();
        if (own) {
          parser.finishToken();
          return Optional.of(without(bytes, start, (int) parser.currentLocation().getByteOffset()));
        }
      }
      return Optional.empty();
    } catch (JacksonException unclear) {
      return Optional.empty();
    }
  }

  /** One comma goes with it: the one behind it, or where it is the last, the one before. */
  private static Payload without(byte[] bytes, int start, int end) {
    int from = start;
    int to = past(bytes, end);
    if (to < bytes.length && bytes[to] == ',') {
      to++;
    } else {
      int before = start - 1;
      while (before > 0 && Character.isWhitespace(bytes[before])) {
        before--;
      }
      from = bytes[before] == ',' ? before : start;
    }
    ByteArrayOutputStream left = new ByteArrayOutputStream(bytes.length);
    left.write(bytes, 0, from);
    left.write(bytes, to, bytes.length - to);
    return Payload.of(left.toByteArray());
  }

  private static int past(byte[] bytes, int end) {
    int at = end;
    while (at < bytes.length && Character.isWhitespace(bytes[at])) {
      at++;
    }
    return at;
  }
}
