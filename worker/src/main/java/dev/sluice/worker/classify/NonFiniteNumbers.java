package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Replaces {@code NaN}, {@code Infinity} and {@code -Infinity} by {@code null}, as JavaScript's
 * {@code JSON.stringify} does. Python's JSON encoder writes them, for example in log probabilities,
 * but they are not JSON (RFC 8259, section 6).
 */
final class NonFiniteNumbers {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  private static final JsonFactory LENIENT =
      Json.factory().rebuild().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private NonFiniteNumbers() {}

  /** Empty if the body has none, or is not JSON for another reason. */
  static Optional<Payload> replaceWithNull(Payload body) {
    byte[] bytes = body.bytes();
    ByteArrayOutputStream replaced = new ByteArrayOutputStream(bytes.length);
    int copied = 0;
    try (JsonParser parser = LENIENT.createParser(ObjectReadContext.empty(), bytes)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_NUMBER_FLOAT && parser.isNaN()) {
          int start = (int) parser.currentTokenLocation().getByteOffset();
          replaced.write(bytes, copied, start - copied);
          replaced.writeBytes(NULL);
          copied = start + parser.getString().length();
        }
      }
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
    replaced.write(bytes, copied, bytes.length - copied);
    return copied == 0 ? Optional.empty() : Optional.of(Payload.of(replaced.toByteArray()));
  }
}
