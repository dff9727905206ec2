package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.error.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The JSON object of a request to the desk. A name that means nothing is refused: a filter with a
 * slip in it would be none, and match everything.
 */
record JsonParameters(JsonNode json) {
  private static final int LONGEST_WHY = 1000;

  static JsonParameters of(@Nullable JsonNode json, Set<String> names) {
    if (json == null || !json.isObject()) {
      throw ApiException.badRequest("A JSON object was expected.", null, "invalid_type");
    }
    for (String name : json.propertyNames()) {
      if (!names.contains(name)) {
        throw ApiException.badRequest(
            "Unknown parameter '%s'. There are: %s."
                .formatted(name, String.join(", ", new TreeSet<>(names))),
            name,
            "unknown_parameter");
      }
    }
    return new JsonParameters(json);
  }

  AuditAction act(AuthenticatedCaller caller) {
    String why = text("why");
    if (why == null || why.length() > LONGEST_WHY) {
      throw ApiException.badRequest(
          "Say 'why' in 1-%d characters, for those who come after.".formatted(LONGEST_WHY),
          "why",
          "missing_required_parameter");
    }
    return new AuditAction(caller.name(), text("by"), why);
  }

  RequestEdit edit() {
    return new RequestEdit(object("request"), object("patch"), text("model"), text("route"));
  }

  boolean flag(String name) {
    JsonNode value = json.path(name);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.asBoolean(false);
  }

  int number(String name, int usual, int most) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return usual;
    }
    if (!value.canConvertToInt() || value.asInt() < 1 || value.asInt() > most) {
      throw wrong(name, "a number from 1 to " + most);
    }
    return value.asInt();
  }

  @Nullable String text(String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw wrong(name, "a text");
    }
    String text = value.asString().replace("\0", "").strip();
    return text.isEmpty() ? null : text;
  }

  /** The members of a nested object, as texts; null where there is none. */
  @Nullable Map<String, String> texts(String name) {
    JsonNode object = object(name);
    if (object == null) {
      return null;
    }
    Map<String, String> texts = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            member -> {
              if (!member.getValue().isValueNode()) {
                throw wrong(name + "." + member.getKey(), "a text");
              }
              texts.put(member.getKey(), member.getValue().asString());
            });
    return texts;
  }

  /** The texts of an array; null where there is none. */
  @Nullable List<String> list(String name) {
    JsonNode array = json.path(name);
    if (array.isMissingNode() || array.isNull()) {
      return null;
    }
    if (!array.isArray()) {
      throw wrong(name, "an array of texts");
    }
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asString("")));
    return texts;
  }

  private @Nullable JsonNode object(String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isObject()) {
      throw wrong(name, "a JSON object");
    }
    return value;
  }

  private ApiException wrong(String name, String expected) {
    return ApiException.badRequest(
        "'%s' is %s; %s was expected.".formatted(name, json.path(name), expected),
        name,
        "invalid_value");
  }
}
