package dev.sluice.system.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonAnyFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonArrayFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonMapFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import tools.jackson.databind.ser.BeanPropertyWriter;

/** Compares the JSON that Jackson writes for a record with a schema, in both directions. */
final class RecordComparison {
  private final Contract contract;
  private final JsonMapper json;
  private final Set<String> compared = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  RecordComparison(Contract contract, JsonMapper json) {
    this.contract = contract;
    this.json = json;
  }

  List<String> problems() {
    return problems;
  }

  /** A response: all names, types, null values, and which members are always present. */
  void response(JavaType type, JsonNode schema, String place) {
    compare(type, schema, place, /* response= */ true);
  }

  /** A request: names and types. */
  void request(JavaType type, JsonNode schema, String place) {
    compare(type, schema, place, /* response= */ false);
  }

  private void compare(JavaType type, JsonNode given, String place, boolean response) {
    View view = view(type);
    JsonNode schema = contract.schema(given);
    switch (view.kind) {
      case "any" -> {}
      case "object" -> {
        if (compared.add(type.toCanonical() + " " + System.identityHashCode(schema) + response)) {
          object(view, schema, place, response);
        }
      }
      case "array" -> compare(type.getContentType(), schema.path("items"), place + "[]", response);
      case "map" ->
          compare(
              type.getContentType(), schema.path("additionalProperties"), place + ".*", response);
      default -> {
        if (!Contract.types(schema).contains(view.kind)) {
          problems.add("%s is %s, in the contract %s".formatted(place, view.kind, schema));
        }
      }
    }
  }

  private void object(View view, JsonNode schema, String place, boolean response) {
    Map<String, JsonNode> properties = contract.properties(schema);
    if (!properties.keySet().equals(view.members.keySet())) {
      problems.add(
          "%s has %s, in the contract %s"
              .formatted(
                  place, onlyIn(view.members, properties), onlyIn(properties, view.members)));
      return;
    }
    if (response && !contract.required(schema).equals(view.alwaysPresent())) {
      problems.add(
          "%s always has %s, in the contract %s"
              .formatted(place, view.alwaysPresent(), contract.required(schema)));
    }
    view.members.forEach(
        (name, member) -> {
          JsonNode property = Objects.requireNonNull(properties.get(name));
          String there = place + "." + name;
          boolean mayBeNull = isNullable(member) && !isSuppressed(member);
          if (response && contract.allowsNull(property) != mayBeNull) {
            problems.add("%s may be null: %s".formatted(there, mayBeNull));
          }
          compare(member.getType(), property, there, response);
        });
  }

  private static Set<String> onlyIn(Map<String, ?> here, Map<String, ?> there) {
    Set<String> only = new TreeSet<>(here.keySet());
    only.removeAll(there.keySet());
    return only;
  }

  private static boolean isSuppressed(BeanProperty member) {
    return member instanceof BeanPropertyWriter writer && writer.willSuppressNulls();
  }

  private static boolean isOmittedIfEmpty(BeanProperty member) {
    JsonInclude include = member.getAnnotation(JsonInclude.class);
    return include != null && include.value() == JsonInclude.Include.NON_EMPTY;
  }

  private static boolean isNullable(BeanProperty member) {
    Member accessor = member.getMember().getMember();
    AnnotatedElement type =
        accessor instanceof Method method
            ? method.getAnnotatedReturnType()
            : ((Field) accessor).getAnnotatedType();
    return type.isAnnotationPresent(Nullable.class);
  }

  private View view(JavaType type) {
    View view = new View();
    json.acceptJsonFormatVisitor(type, view);
    return view;
  }

  /** What Jackson writes for one type: its kind, and the members of an object. */
  private static final class View extends JsonFormatVisitorWrapper.Base {
    private final Map<String, BeanProperty> members = new LinkedHashMap<>();
    private String kind = "any";

    Set<String> alwaysPresent() {
      Set<String> names = new TreeSet<>();
      members.forEach(
          (name, member) -> {
            boolean isOmittedIfNull = isNullable(member) && isSuppressed(member);
            if (!isOmittedIfNull && !isOmittedIfEmpty(member)) {
              names.add(name);
            }
          });
      return names;
    }

    @Override
    public JsonObjectFormatVisitor expectObjectFormat(JavaType type) {
      kind = "object";
      return new JsonObjectFormatVisitor.Base(getContext()) {
        @Override
        public void property(BeanProperty member) {
          members.put(member.getName(), member);
        }

        @Override
        public void optionalProperty(BeanProperty member) {
          members.put(member.getName(), member);
        }
      };
    }

    @Override
    public JsonArrayFormatVisitor expectArrayFormat(JavaType type) {
      kind = "array";
      return new JsonArrayFormatVisitor.Base(getContext());
    }

    @Override
    public JsonMapFormatVisitor expectMapFormat(JavaType type) {
      kind = "map";
      return new JsonMapFormatVisitor.Base(getContext());
    }

    @Override
    public JsonStringFormatVisitor expectStringFormat(JavaType type) {
      kind = "string";
      return new JsonStringFormatVisitor.Base();
    }

    @Override
    public JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
      kind = "integer";
      return new JsonIntegerFormatVisitor.Base();
    }

    @Override
    public JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
      kind = "number";
      return new JsonNumberFormatVisitor.Base();
    }

    @Override
    public JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
      kind = "boolean";
      return new JsonBooleanFormatVisitor.Base();
    }

    @Override
    public JsonAnyFormatVisitor expectAnyFormat(JavaType type) {
      kind = "any";
      return new JsonAnyFormatVisitor.Base();
    }
  }
}
