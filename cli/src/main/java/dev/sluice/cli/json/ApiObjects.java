package dev.sluice.cli.json;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.api.ListResponse;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the records of {@code dev.sluice.api}, also from a producer of another version: it ignores
 * unknown members. A missing member is null if its component is {@link Nullable}, else empty: 0,
 * false, {@code ""}, an empty list, or a record of missing members.
 *
 * <p>Jackson's data binding would add 0.1 s to the start of a command.
 */
public final class ApiObjects {
  private ApiObjects() {}

  /** The mapper for requests, which few commands send. */
  private static final class Requests {
    private static final JsonMapper MAPPER =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  }

  /** Reads a page of records. */
  public static <E> ListResponse<E> readList(JsonNode json, Class<E> element) {
    return new ListResponse<>(
        json.path("object").asString(""),
        json.path("data").valueStream().map(value -> read(value, element)).toList(),
        text(json.path("first_id")),
        text(json.path("last_id")),
        json.path("has_more").asBoolean(false));
  }

  private static @Nullable String text(JsonNode json) {
    return json.isString() ? json.asString() : null;
  }

  /** Reads a record. */
  public static <T> T read(JsonNode json, Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int at = 0; at < values.length; at++) {
      values[at] = member(json, components[at]);
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException failed) {
      throw new IllegalStateException(type + " cannot be read", failed);
    }
  }

  private static @Nullable Object member(JsonNode object, RecordComponent component) {
    Class<?> type = component.getType();
    if (type.isRecord() && component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
      return read(object, type);
    }
    JsonNode json = object.path(snakeCase(component.getName()));
    boolean isMissing = json.isMissingNode() || json.isNull();
    return isMissing && isNullable(component)
        ? null
        : value(json, type, component.getGenericType());
  }

  /** Numbers are boxed only if they are nullable, and reading an annotation takes longer. */
  private static boolean isNullable(RecordComponent component) {
    Class<?> type = component.getType();
    return !type.isPrimitive()
        && (type == Long.class
            || type == Integer.class
            || component.getAnnotatedType().isAnnotationPresent(Nullable.class));
  }

  private static Object value(JsonNode json, Class<?> type, Type genericType) {
    if (type.isRecord()) {
      return read(json, type);
    }
    return switch (type.getSimpleName()) {
      case "String" -> json.asString("");
      case "long", "Long" -> json.asLong(0);
      case "int", "Integer" -> json.asInt(0);
      case "double", "Double" -> json.asDouble(0);
      case "boolean" -> json.asBoolean(false);
      case "BigDecimal" -> json.asDecimal(BigDecimal.ZERO);
      case "Instant" -> Instant.parse(json.asString(Instant.EPOCH.toString()));
      case "LocalDate" -> LocalDate.parse(json.asString(LocalDate.EPOCH.toString()));
      case "List" -> list(json, typeArgument(genericType, 0));
      case "Map" -> map(json, typeArgument(genericType, 1));
      default -> throw new IllegalStateException(type + " is not a type of a member");
    };
  }

  private static List<Object> list(JsonNode json, Class<?> element) {
    return json.valueStream().map(value -> value(value, element, element)).toList();
  }

  private static Map<String, Object> map(JsonNode json, Class<?> value) {
    Map<String, Object> map = new LinkedHashMap<>();
    json.properties()
        .forEach(entry -> map.put(entry.getKey(), value(entry.getValue(), value, value)));
    return map;
  }

  private static Class<?> typeArgument(Type type, int position) {
    return (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[position];
  }

  private static String snakeCase(String name) {
    StringBuilder snakeCase = new StringBuilder();
    for (int at = 0; at < name.length(); at++) {
      char character = name.charAt(at);
      snakeCase.append(Character.isUpperCase(character) ? "_" : "").append(character);
    }
    return snakeCase.toString().toLowerCase(Locale.ROOT);
  }

  /** The JSON object of a record. */
  public static JsonNode tree(Object value) {
    return Requests.MAPPER.valueToTree(value);
  }

  /** The JSON object of a request. */
  public static byte[] write(Object request) {
    return Requests.MAPPER.writeValueAsBytes(request);
  }
}
