package dev.sluice.common.json;

import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one JSON value strictly: rejects trailing content and limits nesting depth and number
 * length.
 *
 * <p>A tree may need 40 times the memory of its text ({@code [{},{},…]}), so trees are limited in
 * tokens. Methods that build no tree, or only of some members, accept any number of tokens.
 */
public final class Json {
  /** Maximum nesting depth of arrays and objects. */
  public static final int MAX_DEPTH = 500;

  /** Maximum length of a number, in characters: parsing takes quadratic time. */
  public static final int MAX_NUMBER_LENGTH = 1000;

  /** Maximum number of tokens of a tree, which then needs about 20 MB or less. */
  public static final int MAX_TREE_TOKENS = 300_000;

  /** Maximum number of tokens of the members that {@link #members} returns. */
  public static final int MAX_MEMBER_TOKENS = 10_000;

  private static final String NOT_AN_OBJECT = "is not a JSON object in UTF-8";

  private static final JsonMapper TREES =
      JsonMapper.builder(factory(constraints().maxTokenCount(MAX_TREE_TOKENS)))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final JsonMapper MEMBERS =
      JsonMapper.builder(factory()).disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** A factory with the same limits, for token-by-token parsing. */
  public static JsonFactory factory() {
    return factory(constraints());
  }

  private static JsonFactory factory(StreamReadConstraints.Builder constraints) {
    return JsonFactory.builder().streamReadConstraints(constraints.build()).build();
  }

  private static StreamReadConstraints.Builder constraints() {
    return StreamReadConstraints.builder()
        .maxNestingDepth(MAX_DEPTH)
        .maxNumberLength(MAX_NUMBER_LENGTH);
  }

  /**
   * Parses a JSON object of at most {@link #MAX_TREE_TOKENS}; empty if the bytes contain anything
   * else.
   */
  public static Optional<JsonNode> object(byte[] bytes) {
    return value(bytes).filter(JsonNode::isObject);
  }

  /**
   * Parses a JSON value of any type and at most {@link #MAX_TREE_TOKENS}; empty if the bytes are
   * not valid JSON.
   */
  public static Optional<JsonNode> value(byte[] bytes) {
    try {
      return Optional.of(TREES.readTree(bytes));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /** Whether the bytes are one JSON object; builds no tree. */
  public static boolean isObject(byte[] bytes) {
    return members(bytes, Set.of()).isPresent();
  }

  /**
   * Parses a JSON object of any size, and returns the members with the given names; empty if the
   * bytes are not a JSON object, or if the members have more than {@link #MAX_MEMBER_TOKENS}.
   */
  public static Optional<JsonNode> members(byte[] bytes, Set<String> names) {
    try (JsonParser parser = MEMBERS.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      JsonNode members = members(parser, names);
      return parser.nextToken() == null ? Optional.of(members) : Optional.empty();
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /** A parser from which trees of at most {@link #MAX_MEMBER_TOKENS} together can be read. */
  public static JsonParser limitTokens(JsonParser parser) {
    return new TokenLimit(parser);
  }

  /** The tree of the value that begins at the parser's current token. */
  public static JsonNode tree(JsonParser parser) {
    return MEMBERS.readTree(parser);
  }

  private static JsonNode members(JsonParser parser, Set<String> names) {
    ObjectNode members = MEMBERS.createObjectNode();
    JsonParser limited = limitTokens(parser);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (names.contains(name)) {
        members.set(name, MEMBERS.readTree(limited));
      } else {
        parser.skipChildren();
        parser.finishToken();
      }
    }
    return members;
  }

  /** Describes why {@link #isObject} rejects these bytes. */
  public static String problem(byte[] bytes) {
    return problem(bytes, Set.of());
  }

  /**
   * Describes why {@link #members} rejects these bytes, as a predicate such as {@code is not a JSON
   * object in UTF-8}.
   */
  public static String problem(byte[] bytes, Set<String> names) {
    try (JsonParser parser = MEMBERS.createParser(bytes)) {
      try {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          parser.skipChildren();
          parser.finishToken();
          return NOT_AN_OBJECT + (parser.nextToken() == null ? "" : location(parser, bytes));
        }
        members(parser, names);
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
    try (JsonParser parser = MEMBERS.createParser(bytes)) {
      parser.nextToken();
      parser.skipChildren();
      parser.finishToken();
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
            : constraint.contains("getMaxTokenCount")
                ? "has too many values"
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

  /** Limits the tokens of the trees that are read from it. */
  private static final class TokenLimit extends JsonParserDelegate {
    private int tokens;

    TokenLimit(JsonParser parser) {
      super(parser);
    }

    @Override
    public JsonToken nextToken() {
      count();
      return super.nextToken();
    }

    @Override
    public String nextName() {
      count();
      return super.nextName();
    }

    private void count() {
      if (++tokens > MAX_MEMBER_TOKENS) {
        throw new StreamConstraintsException("more tokens than getMaxTokenCount allows");
      }
    }
  }
}
