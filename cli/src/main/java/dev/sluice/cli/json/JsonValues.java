package dev.sluice.cli.json;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Parses and writes JSON values that fit in memory; keeps all digits of numbers. */
public final class JsonValues {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonValues() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * Parses exactly one value.
   *
   * @throws JacksonException if the bytes contain no value, or trailing content
   */
  public static JsonNode read(byte[] bytes) {
    return MAPPER.readTree(bytes);
  }

  /** Parses exactly one object; empty if the bytes contain anything else. */
  public static Optional<JsonNode> readObject(byte[] bytes) {
    try {
      return Optional.of(read(bytes)).filter(JsonNode::isObject);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /** The value on one line. */
  public static String line(JsonNode value) {
    return MAPPER.writeValueAsString(value);
  }

  /** The value on one line, as UTF-8, without a line break. */
  public static byte[] bytes(JsonNode value) {
    return MAPPER.writeValueAsBytes(value);
  }
}
