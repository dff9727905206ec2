package dev.sluice.cli.json;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes JSON values that fit in memory. */
public final class JsonValues {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonValues() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * The one value that these bytes hold.
   *
   * @throws JacksonException where they hold none, or more than one
   */
  public static JsonNode read(byte[] bytes) {
    return MAPPER.readTree(bytes);
  }

  /** The one object that these bytes hold; empty where they hold anything else. */
  public static Optional<JsonNode> readObject(byte[] bytes) {
    try {
      return Optional.of(read(bytes)).filter(JsonNode::isObject);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /** In one line. */
  public static String line(JsonNode value) {
    return MAPPER.writeValueAsString(value);
  }

  /** In one line, as UTF-8, without its end. */
  public static byte[] bytes(JsonNode value) {
    return MAPPER.writeValueAsBytes(value);
  }
}
