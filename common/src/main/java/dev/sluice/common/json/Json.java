package dev.sluice.common.json;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON strictly: one value, nothing behind it. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** The object in these bytes; empty where they hold anything else. */
  public static Optional<JsonNode> object(byte[] bytes) {
    return value(bytes).filter(JsonNode::isObject);
  }

  /** The value in these bytes, of whatever kind; empty where they are no JSON. */
  public static Optional<JsonNode> value(byte[] bytes) {
    try {
      return Optional.of(MAPPER.readTree(bytes));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
