package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.web.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads and checks the parameters of a JSON request body. Unknown names are rejected, because a
 * misspelt filter would match all dead letters.
 */
public record JsonParameters(JsonNode json) {
  private static final int MAX_REASON_LENGTH = 1000;
  private static final int MAX_QUOTE_LENGTH = 100;

  /**
   * Accepts an object with no other names than these.
   *
   * @throws ApiException 400 if the body is not an object or has a name outside {@code names}
   */
  public static JsonParameters of(@Nullable JsonNode json, Set<String> names) {
    if (json == null || !json.isObject()) {
      throw ApiException.badRequest(
          "The request body must be a JSON object.", null, "invalid_type");
    }
    for (String name : json.propertyNames()) {
      if (!names.contains(name)) {
        throw ApiException.badRequest(
            "Unknown parameter '%s'. Valid parameters: %s."
                .formatted(name, String.join(", ", new TreeSet<>(names))),
            name,
            "unknown_parameter");
      }
    }
    return new JsonParameters(json);
  }

  /**
   * Reads an action on dead letters.
   *
   * @throws ApiException 400 without a reason
   */
  public AuditAction action(AuditAction.Kind kind, AuthenticatedCaller caller) {
    RequestEdit edit = edit();
    String reason = string("reason");
    if (reason == null || reason.length() > MAX_REASON_LENGTH) {
      throw ApiException.badRequest(
          "'reason' is required (1-%d characters). It is kept in the audit log."
              .formatted(MAX_REASON_LENGTH),
          "reason",
          "missing_required_parameter");
    }
    return new AuditAction(kind, edit, caller.name(), string("operator"), reason);
  }

  /** Returns the changes of a replay; those that the body does not name are null. */
  public RequestEdit edit() {
    return new RequestEdit(object("request"), object("patch"), string("model"), string("route"));
  }

  /** Returns a boolean; false if it is absent. */
  public boolean flag(String name) {
    JsonNode value = json.path(name);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw invalid(name, value, "true or false");
    }
    return value.asBoolean(false);
  }

  /** Returns a number from 1 to {@code max}. */
  public int number(String name, int defaultValue, int max) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return defaultValue;
    }
    if (!value.canConvertToInt() || value.asInt() < 1 || value.asInt() > max) {
      throw invalid(name, value, "a number from 1 to " + max);
    }
    return value.asInt();
  }

  /** Returns the stripped string without NUL; null if it is absent or blank. */
  public @Nullable String string(String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    String text = SqlValues.text(text(name, value)).strip();
    return text.isEmpty() ? null : text;
  }

  /** Returns the members of a nested object of strings; null if it is absent. */
  public @Nullable Map<String, String> stringMap(String name) {
    JsonNode object = object(name);
    if (object == null) {
      return null;
    }
    Map<String, String> strings = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            member ->
                strings.put(
                    member.getKey(), text(name + "." + member.getKey(), member.getValue())));
    return strings;
  }

  /** Returns the strings of an array; null if it is absent. */
  public @Nullable List<String> strings(String name) {
    JsonNode array = json.path(name);
    if (array.isMissingNode() || array.isNull()) {
      return null;
    }
    if (!array.isArray()) {
      throw invalid(name, array, "an array of strings");
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode element : array) {
      strings.add(text("%s[%d]".formatted(name, strings.size()), element));
    }
    return strings;
  }

  private static String text(String place, JsonNode value) {
    if (!value.isString()) {
      throw invalid(place, value, "a string");
    }
    return value.asString();
  }

  private @Nullable JsonNode object(String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isObject()) {
      throw invalid(name, value, "a JSON object");
    }
    return value;
  }

  private static ApiException invalid(String place, JsonNode value, String expected) {
    String quote = value.toString();
    return ApiException.badRequest(
        "'%s' is %s; it must be %s."
            .formatted(
                place,
                quote.length() > MAX_QUOTE_LENGTH
                    ? quote.substring(0, MAX_QUOTE_LENGTH) + "…"
                    : quote,
                expected),
        place,
        "invalid_value");
  }
}
