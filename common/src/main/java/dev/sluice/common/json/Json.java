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
 * Reads JSON strictly: one value, nothing behind it, and nothing that is made to wear the reader
 * out.
 */
public final class Json {
  /** How many arrays and objects may lie in each other. */
  public static final int DEEPEST = 500;

  /** How many characters a number may have: reading a longer one takes its length squared. */
  public static final int LONGEST_NUMBER = 1000;

  private static final String NOT_AN_OBJECT = "is not a JSON object in UTF-8";

  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(DEEPEST)
          .maxNumberLength(LONGEST_NUMBER)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(factory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** For those who read token by token, within the same bounds. */
  public static JsonFactory factory() {
    return JsonFactory.builder().streamReadConstraints(BOUNDS).build();
  }

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

  /**
   * Why these bytes are not taken, to follow the name of what they are: {@code is not a JSON object
   * in UTF-8}.
   */
  public static String whyNot(byte[] bytes) {
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      try {
        MAPPER.readTree(parser);
        return NOT_AN_OBJECT + (parser.nextToken() == null ? "" : place(parser, bytes));
      } catch (StreamConstraintsException beyond) {
        return beyondItsBounds(beyond) + place(parser, bytes);
      } catch (JacksonException broken) {
        return NOT_AN_OBJECT + place(parser, bytes);
      }
    }
  }

  /** Which bound a text breaks that somebody else has tried to read, said likewise. */
  public static String beyondItsBounds(StreamConstraintsException beyond) {
    String rule = String.valueOf(beyond.getOriginalMessage());
    return rule.contains("getMaxNestingDepth")
        ? "is nested deeper than %d levels".formatted(DEEPEST)
        : rule.contains("getMaxNumberLength")
            ? "has a number of more than %d characters".formatted(LONGEST_NUMBER)
            : "has a name or text that is longer than any that is taken";
  }

  /** A text of one line may itself be the line of a file: its number would say another one. */
  private static String place(JsonParser parser, byte[] bytes) {
    TokenStreamLocation where = parser.currentLocation();
    return hasOneLine(bytes)
        ? " (column %d)".formatted(where.getColumnNr())
        : " (line %d, column %d)".formatted(where.getLineNr(), where.getColumnNr());
  }

  private static boolean hasOneLine(byte[] bytes) {
    for (byte one : bytes) {
      if (one == '\n') {
        return false;
      }
    }
    return true;
  }
}
