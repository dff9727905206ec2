package dev.sluice.common.json;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one JSON value strictly: rejects trailing content and limits nesting depth and number
 * length.
 */
public final class Json {
  /** Maximum nesting depth of arrays and objects. */
  public static final int MAX_DEPTH = 500;

  /** Maximum length of a number, in characters: parsing takes quadratic time. */
  public static final int MAX_NUMBER_LENGTH = 1000;

  private static final String NOT_AN_OBJECT = "is not a JSON object in UTF-8";

  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNumberLength(MAX_NUMBER_LENGTH)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(factory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** A factory with the same limits, for token-by-token parsing. */
  public static JsonFactory factory() {
    return JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();
  }

  /** Parses a JSON object; empty if the bytes contain anything else. */
  public static Optional<JsonNode> object(byte[] bytes) {
    return value(bytes).filter(JsonNode::isObject);
  }

  /** Parses a JSON value of any type; empty if the bytes are not valid JSON. */
  public static Optional<JsonNode> value(byte[] bytes) {
    try {
      return Optional.of(MAPPER.readTree(bytes));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /**
   * Describes why {@link #object} rejects these bytes, as a predicate such as {@code is not a JSON
   * object in UTF-8}.
   */
  public static String problem(byte[] bytes) {
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      try {
        MAPPER.readTree(parser);
        return NOT_AN_OBJECT + (parser.nextToken() == null ? "" : location(parser, bytes));
      } catch (StreamConstraintsException exceeded) {
        return constraintViolation(exceeded) + location(parser, bytes);
      } catch (JacksonException malformed) {
        return NOT_AN_OBJECT + location(parser, bytes);
      }
    }
  }

  /**
   * The limit that a JSON value exceeds, in the same form as {@link #problem}; empty if it exceeds
   * none.
   */
  public static Optional<String> exceededLimit(byte[] bytes) {
    try {
      MAPPER.readTree(bytes);
      return Optional.empty();
    } catch (StreamConstraintsException exceeded) {
      return Optional.of(constraintViolation(exceeded));
    } catch (JacksonException malformed) {
      return Optional.empty();
    }
  }

  /** Describes the exceeded limit as a predicate, in the same form as {@link #problem}. */
  public static String constraintViolation(StreamConstraintsException exceeded) {
    String constraint = String.valueOf(exceeded.getOriginalMessage());
    return constraint.contains("getMaxNestingDepth")
        ? "is nested deeper than %d levels".formatted(MAX_DEPTH)
        : constraint.contains("getMaxNumberLength")
            ? "has a number of more than %d characters".formatted(MAX_NUMBER_LENGTH)
            : "has a name or string that exceeds the maximum length";
  }

  /**
   * Omits the line number of single-line input: the input may be one line of a file, and 1 would be
   * mistaken for the line of that file.
   */
  private static String location(JsonParser parser, byte[] bytes) {
    TokenStreamLocation location = parser.currentLocation();
    return hasOneLine(bytes)
        ? " (column %d)".formatted(location.getColumnNr())
        : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static boolean hasOneLine(byte[] bytes) {
    for (byte b : bytes) {
      if (b == '\n') {
        return false;
      }
    }
    return true;
  }
}
