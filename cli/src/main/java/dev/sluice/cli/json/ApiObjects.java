package dev.sluice.cli.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.Nulls;
import dev.sluice.api.ListResponse;
import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the records of {@code dev.sluice.api}, also from a producer of another version: it ignores
 * unknown members. A missing member is null if its component is {@link Nullable}, else empty: 0,
 * false, {@code ""}, an empty list, or a record of missing members.
 */
public final class ApiObjects {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .annotationIntrospector(new MissingMembers())
          .build();

  private ApiObjects() {}

  /**
   * Reads a record.
   *
   * @throws JacksonException if the value is not an object, or a member has another type
   */
  public static <T> T read(JsonNode json, Class<T> type) {
    return MAPPER.treeToValue(json, type);
  }

  /** Reads a page of records; throws as the other method. */
  public static <E> ListResponse<E> readList(JsonNode json, Class<E> element) {
    return MAPPER.treeToValue(
        json, MAPPER.getTypeFactory().constructParametricType(ListResponse.class, element));
  }

  /** The JSON object of a record. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** The JSON object of a request. */
  public static byte[] write(Object request) {
    return MAPPER.writeValueAsBytes(request);
  }

  /** Determines the values of missing members. */
  private static final class MissingMembers extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
      return isRequired(annotated) && !annotated.getRawType().isRecord()
          ? JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)
          : super.findSetterInfo(config, annotated);
    }

    @Override
    public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
      return isRequired(annotated)
              && annotated.getRawType().isRecord()
              && !annotated.hasAnnotation(JsonUnwrapped.class)
          ? new RequiredRecord(annotated.getRawType())
          : super.findDeserializer(config, annotated);
    }

    private static boolean isRequired(Annotated annotated) {
      return annotated instanceof AnnotatedParameter parameter
          && parameter.getOwner().getAnnotated() instanceof Executable constructor
          && !constructor.getAnnotatedParameterTypes()[parameter.getIndex()].isAnnotationPresent(
              Nullable.class);
    }
  }

  /** Reads a record; a missing one has only missing members. */
  private static final class RequiredRecord extends StdDeserializer<Object> {
    RequiredRecord(Class<?> type) {
      super(type);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) {
      return context.readValue(parser, handledType());
    }

    @Override
    public Object getNullValue(DeserializationContext context) {
      return context.readTreeAsValue(context.getNodeFactory().objectNode(), handledType());
    }
  }
}
