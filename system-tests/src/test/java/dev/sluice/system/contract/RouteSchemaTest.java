package dev.sluice.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.system.ship.ShippedFiles;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.JsonNode;

/** Compares the JSON schema of the routes file with the settings and the rules of routes. */
class RouteSchemaTest {
  private static final Contract SCHEMA = Contract.read("docs/schemas/routes.schema.json");
  private static final Pattern CODE_BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

  @Test
  void hasTheNamesAndDefaultsOfTheSettings() {
    Map<String, String> settings = new TreeMap<>();
    addSettings("", RouteSettings.class, settings);
    Map<String, String> described = new TreeMap<>();
    addProperties("", SCHEMA.at("/$defs/route"), described);

    assertThat(described).hasSizeGreaterThan(40).isEqualTo(settings);
  }

  private static void addSettings(String prefix, Class<?> type, Map<String, String> settings) {
    for (Parameter parameter : canonicalConstructor(type).getParameters()) {
      String name = prefix + kebab(parameter.getName());
      Class<?> element =
          ResolvableType.forType(parameter.getParameterizedType())
              .getGeneric(0)
              .resolve(parameter.getType());
      DefaultValue value = parameter.getAnnotation(DefaultValue.class);
      if (element.isRecord()) {
        addSettings(name + ".", element, settings);
      }
      settings.put(
          name, element.isRecord() || value == null ? "" : String.join(",", value.value()));
    }
  }

  private static Constructor<?> canonicalConstructor(Class<?> type) {
    try {
      return type.getDeclaredConstructor(
          Stream.of(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new));
    } catch (NoSuchMethodException missing) {
      throw new AssertionError(missing);
    }
  }

  private static void addProperties(String prefix, JsonNode given, Map<String, String> described) {
    SCHEMA
        .properties(given)
        .forEach(
            (name, property) -> {
              JsonNode schema = SCHEMA.resolved(property);
              JsonNode value = property.path("default");
              JsonNode element = SCHEMA.resolved(schema.path("items"));
              JsonNode nested = schema.has("properties") ? schema : element;
              if (nested.has("properties")) {
                addProperties(prefix + name + ".", nested, described);
              }
              described.put(
                  prefix + name,
                  value.isArray() ? String.join(",", Contract.strings(value)) : value.asString(""));
            });
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /**
   * Each bound of a number, each choice, and each required name: the schema and the rules agree.
   */
  @Test
  void acceptsWhatTheApplicationsAccept() {
    List<String> routes = new ArrayList<>();
    SCHEMA
        .at("/$defs")
        .forEachEntry(
            (group, schema) -> {
              schema
                  .path("properties")
                  .forEachEntry(
                      (name, property) ->
                          values(property).forEach(value -> routes.add(route(group, name, value))));
              schema
                  .path("required")
                  .forEach(name -> routes.add(route(group, name.asString(), "")));
            });
    assertThat(routes).hasSizeGreaterThan(80);
    for (String route : routes) {
      assertThat(SCHEMA.problems(Contract.parse(route).root()).isEmpty())
          .as("%s%n%s", route, problem(route))
          .isEqualTo(problem(route).isEmpty());
    }
  }

  private static Set<String> values(JsonNode property) {
    Set<String> values = new TreeSet<>();
    for (String bound : List.of("minimum", "maximum")) {
      if (property.has(bound)) {
        long value = property.path(bound).asLong();
        values.addAll(
            List.of(Long.toString(value - 1), Long.toString(value), Long.toString(value + 1)));
      }
    }
    property.path("enum").forEach(choice -> values.add(choice.asString()));
    if (property.has("enum") || property.path("$ref").asString("").endsWith("duration")) {
      values.add("no-such-value");
    }
    if (property.path("$ref").asString("").endsWith("duration")) {
      values.addAll(List.of("1m", "90s"));
    }
    return values;
  }

  /** A route with one setting; without it if the value is empty. */
  private static String route(String group, String name, String value) {
    Map<String, Map<String, String>> groups = new TreeMap<>();
    groups.put("route", new TreeMap<>(Map.of("name", "r")));
    groups.put("provider", new TreeMap<>(Map.of("url", "http://localhost/v1")));
    groups.put("error-rule", new TreeMap<>(Map.of("status", "400", "means", "quota")));
    groups.put("price", new TreeMap<>(Map.of("input-per-million", "1", "as-of", "2026-11-01")));
    groups.put("context", new TreeMap<>(Map.of("max-tokens", "1000")));
    groups.put("breaker", new TreeMap<>(Map.of("probe-delay-cap", "5m")));
    groups.put("backoff", new TreeMap<>(Map.of("cap", "5m")));
    if (group.equals("member")) {
      groups.put("member", new TreeMap<>(Map.of("name", "first")));
    }
    Map<String, String> settings = groups.computeIfAbsent(group, any -> new TreeMap<>());
    settings.put(name, value);
    if (value.isEmpty()) {
      settings.remove(name);
      groups.remove(name);
    }
    return "sluice: {routes: [{" + String.join(", ", allMembers(groups)) + "}]}\n";
  }

  private static List<String> allMembers(Map<String, Map<String, String>> groups) {
    List<String> all = new ArrayList<>(members(groups.getOrDefault("route", Map.of())));
    for (String group : List.of("provider", "limits", "context", "breaker", "backoff")) {
      if (groups.containsKey(group)) {
        all.add("%s: {%s}".formatted(group, String.join(", ", members(groups.get(group)))));
      }
    }
    for (String group : List.of("error-rule", "price")) {
      all.add(
          "%ss: [{%s}]"
              .formatted(group, String.join(", ", members(groups.getOrDefault(group, Map.of())))));
    }
    if (groups.containsKey("member")) {
      String members = String.join(", ", members(groups.get("member")));
      all.add("members: [{name: other}, {%s}]".formatted(members));
    }
    return all;
  }

  private static List<String> members(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + ": " + setting.getValue())
        .toList();
  }

  private static String problem(String yaml) {
    try {
      ShippedFiles.parsedRoutes(yaml);
      return "";
    } catch (RuntimeException invalid) {
      return invalid.toString();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{sluice: {routes: [{name: r, provider: {url: http://a/v1}, max-atempts: 3}]}}",
        "{sluice: {routes: [{name: R, provider: {url: http://a/v1}}]}}",
        "{sluice: {routes: [{name: r, provider: {url: http://me:secret@a/v1}}]}}",
        "{sluice: {routes: [{name: r, provider: {url: 'http://a/v1?key=k'}}]}}",
        "{sluice: {routes: [{name: r, provider: {url: ftp://a/v1}}]}}",
        "{sluice: {routes: [{name: r, models: [], provider: {url: http://a/v1}}]}}",
        "{sluice: {routes: [{name: r, provider: {url: http://a/v1}, error-rules: [{means: quota}]}]}}",
        "{sluice: {routes: [{name: r, provider: {url: http://a/v1}, error-rules: [{status: 204, means: quota}]}]}}",
        "{sluice: {routes: [{name: r}]}}",
        "{sluice: {routes: [{name: r, provider: {url: http://a/v1}, members: [{order: 1}]}]}}",
        "{sluice: {routes: [{name: r, provider: {url: http://a/v1}, members: [{name: A}]}]}}",
        "{sluice: {routes: [{name: r, provider: {url: http://a/v1}, members: [{name: a, url: http://a/v1}]}]}}",
        "{sluice: {routes: [{name: r, members: [{name: a, url: http://a/v1}, {name: b}]}]}}",
        "{sluice: {routes: []}}",
      })
  void mistakesAreFound(String yaml) {
    assertThat(SCHEMA.problems(Contract.parse(yaml).root())).isNotEmpty();
    assertThat(problem(yaml)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docs/routes.example.yaml",
        "docs/routes.simulator.yaml",
        "k8s/base/routes.yaml",
        "k8s/helm/files/routes.yaml"
      })
  void routeFilesFit(String path) {
    assertThat(SCHEMA.problems(Contract.read(path).root())).isEmpty();
  }

  /** The template of the launcher, with a value for each variable of the shell. */
  @Test
  void routesOfTheLauncherFit() {
    String text = Contract.text("launcher/routes.sh");
    int start = text.indexOf("<<YAML\n") + "<<YAML\n".length();
    String yaml =
        text.substring(start, text.indexOf("\nYAML", start))
            .replace("$(simulated_prices)", "")
            .replaceAll("\\\\\\$", "secret-of-")
            .replaceAll("\\[\\$[^\\]]*\\]", "['*']")
            .replaceAll("\"\\$[^\"]*\"", "http://localhost:8089/v1")
            .replaceAll("(?<!-of-)\\$(\\{[^}]*\\}|\\w+)", "1");

    assertThat(SCHEMA.problems(Contract.parse(yaml).root())).as(yaml).isEmpty();
  }

  @Test
  void routesInTheDocumentsFit() throws IOException {
    int found = 0;
    try (Stream<Path> files = Files.walk(Checkout.root().resolve("docs"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".md")).toList()) {
        for (String yaml :
            CODE_BLOCK
                .matcher(Files.readString(file))
                .results()
                .map(block -> block.group(1))
                .toList()) {
          if (yaml.startsWith("sluice:") && yaml.contains("routes:")) {
            found++;
            assertThat(SCHEMA.problems(Contract.parse(yaml.replace("…", "")).root()))
                .as("%s%n%s", file, yaml)
                .isEmpty();
          }
        }
      }
    }
    assertThat(found).isPositive();
  }
}
