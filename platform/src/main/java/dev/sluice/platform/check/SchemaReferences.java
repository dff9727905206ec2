package dev.sluice.platform.check;

import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Checks the keywords of a schema that refer to other documents. */
final class SchemaReferences {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  private static final String ROOT = "check.schema";
  private static final Set<String> REFERENCES = Set.of("$ref", "$dynamicRef");

  private SchemaReferences() {}

  /**
   * @throws InvalidSchemaException if a schema names another draft, or refers to another document
   */
  static void check(JsonNode schema) throws InvalidSchemaException {
    check(schema, ROOT);
  }

  private static void check(JsonNode node, String place) throws InvalidSchemaException {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String memberPlace = place + "/" + member.getKey();
      checkMember(member.getKey(), member.getValue(), memberPlace);
      check(member.getValue(), memberPlace);
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        check(node.get(i), place + "/" + i);
      }
    }
  }

  private static void checkMember(String name, JsonNode value, String place)
      throws InvalidSchemaException {
    if (!value.isString()) {
      return; // such as a property with the name $ref
    }
    String text = value.asString();
    if (name.equals("$schema") && !text.replaceAll("#$", "").equals(DIALECT)) {
      throw new InvalidSchemaException(
          "%s is '%s'; the supported draft is %s".formatted(place, text, DIALECT));
    }
    if (REFERENCES.contains(name) && !text.startsWith("#")) {
      throw new InvalidSchemaException(
          "%s refers to '%s'; only references within the schema, such as #/$defs/item, are allowed"
              .formatted(place, text));
    }
    if (name.equals("$id") && !place.equals(ROOT + "/$id")) {
      throw new InvalidSchemaException(
          "%s is not allowed, because it changes the meaning of references; remove it"
              .formatted(place));
    }
  }
}
