package dev.sluice.cli.map;

import java.util.List;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** The members of the objects that a JSON schema describes. */
final class SchemaMembers {
  private static final int MAX_REFERENCES = 10;

  private SchemaMembers() {}

  /**
   * The names in {@code properties}, in the order of the schema; empty if it has none. Generators
   * of schemas often put the whole schema into a definition, and refer to it.
   */
  static List<String> of(JsonNode schema) {
    JsonNode described = schema;
    for (int reference = 0; reference < MAX_REFERENCES; reference++) {
      String target = described.path("$ref").asString("");
      if (described.path("properties").isObject() || !target.startsWith("#/")) {
        break;
      }
      described = schema.at(JsonPointer.compile(target.substring(1)));
    }
    return List.copyOf(described.path("properties").propertyNames());
  }
}
