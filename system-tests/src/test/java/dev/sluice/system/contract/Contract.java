package dev.sluice.system.contract;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A contract file of the checkout, with its references.
 *
 * @param root the whole file
 */
record Contract(JsonNode root) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Reads a YAML or JSON file; JSON is a subset of YAML. */
  static Contract read(String path) {
    return parse(text(path));
  }

  static Contract parse(String yaml) {
    LoaderOptions options = new LoaderOptions();
    DumperOptions unused = new DumperOptions();
    Object content =
        new Yaml(
                new SafeConstructor(options),
                new Representer(unused),
                unused,
                options,
                new DatesAsText())
            .load(yaml);
    return new Contract(JSON.valueToTree(content));
  }

  /** A date is a string in YAML 1.2, and for editors. */
  private static final class DatesAsText extends Resolver {
    @Override
    public void addImplicitResolver(Tag tag, Pattern regexp, @Nullable String first, int limit) {
      if (!tag.equals(Tag.TIMESTAMP)) {
        super.addImplicitResolver(tag, regexp, first, limit);
      }
    }
  }

  static String text(String path) {
    try {
      return Files.readString(Checkout.root().resolve(path));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  JsonNode at(String pointer) {
    JsonNode node = root.at(pointer);
    if (node.isMissingNode()) {
      throw new AssertionError("nothing at " + pointer);
    }
    return node;
  }

  /** Follows references. */
  JsonNode resolved(JsonNode node) {
    JsonNode here = node;
    while (here.has("$ref")) {
      here = at(here.path("$ref").asString().substring(1));
    }
    return here;
  }

  /** The schema without references and without its alternative null. */
  JsonNode schema(JsonNode given) {
    JsonNode schema = resolved(given);
    for (JsonNode alternative : schema.path("oneOf")) {
      if (!alternative.path("type").asString("").equals("null")) {
        return schema(alternative);
      }
    }
    return schema;
  }

  boolean allowsNull(JsonNode given) {
    JsonNode schema = resolved(given);
    return types(schema).contains("null")
        || schema.path("oneOf").valueStream().anyMatch(one -> types(one).contains("null"));
  }

  static Set<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray() ? strings(type) : Set.of(type.asString(""));
  }

  /** The properties of an object, with those of all parts of {@code allOf}. */
  Map<String, JsonNode> properties(JsonNode schema) {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    parts(schema).forEach(part -> part.path("properties").forEachEntry(all::put));
    return all;
  }

  Set<String> required(JsonNode schema) {
    Set<String> all = new TreeSet<>();
    parts(schema).forEach(part -> all.addAll(strings(part.path("required"))));
    return all;
  }

  private Stream<JsonNode> parts(JsonNode schema) {
    return Stream.concat(Stream.of(schema), schema.path("allOf").valueStream().map(this::resolved));
  }

  static Set<String> strings(JsonNode array) {
    Set<String> strings = new TreeSet<>();
    array.forEach(string -> strings.add(string.asString()));
    return strings;
  }

  /** The problems of a value; the schema may refer to {@code components} of this file. */
  List<String> problems(JsonNode schema, JsonNode value) {
    ObjectNode complete = JSON.createObjectNode();
    complete.setAll((ObjectNode) schema);
    if (root.has("components")) {
      complete.set("components", root.path("components"));
    }
    SchemaRegistry registry = SchemaRegistry.withDialect(Dialects.getDraft202012());
    Schema compiled = registry.getSchema(complete);
    return compiled.validate(value).stream().map(Error::toString).toList();
  }

  /** The problems of a value against the whole file, which is a JSON schema. */
  List<String> problems(JsonNode value) {
    return problems(root, value);
  }

  /** The targets of all references. */
  Set<String> references() {
    Set<String> found = new TreeSet<>();
    List<JsonNode> open = new ArrayList<>(List.of(root));
    while (!open.isEmpty()) {
      JsonNode node = open.removeLast();
      if (node.path("$ref").isString()) {
        found.add(node.path("$ref").asString());
      }
      node.forEach(open::add);
    }
    return found;
  }
}
