package dev.sluice.worker.consume;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** Replaces the model of a request; all other bytes stay unchanged. */
final class RequestModel {
  private static final JsonFactory FACTORY = Json.factory();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private RequestModel() {}

  /** The request with another model; the request itself if it names no model. */
  static Payload replaced(Payload request, String model) {
    byte[] bytes = request.bytes();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return request;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isModel = parser.currentName().equals("model");
        if (parser.nextToken() == JsonToken.VALUE_STRING && isModel) {
          int start = (int) parser.currentTokenLocation().getByteOffset();
          parser.finishToken();
          int end = (int) parser.currentLocation().getByteOffset();
          return isString(bytes, start, end) ? replaced(bytes, start, end, model) : request;
        }
        parser.skipChildren();
      }
      return request;
    } catch (JacksonException notJson) {
      return request;
    }
  }

  /** Checks the offsets: Jackson has no byte offsets for encodings other than UTF-8. */
  private static boolean isString(byte[] bytes, int start, int end) {
    return start > 0 && end > start + 1 && end < bytes.length && bytes[start] == '"';
  }

  private static Payload replaced(byte[] bytes, int start, int end, String model) {
    byte[] name = JSON.writeValueAsString(model).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + name.length);
    out.write(bytes, 0, start);
    out.writeBytes(name);
    out.write(bytes, end, bytes.length - end);
    return Payload.of(out.toByteArray());
  }
}
