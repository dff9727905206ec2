package dev.sluice.platform.route;

import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Finds unknown names below {@code sluice.routes}. Boot's strict binding does not check list
 * elements.
 */
final class UnknownSettings {
  private static final ConfigurationPropertyName ROUTES =
      ConfigurationPropertyName.of("sluice.routes");

  /** Keys are in Boot's uniform form: lower case without hyphens. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "answers", "error-rules",
          "breaker.probeafter", "breaker.probe-delay",
          "breaker.probecap", "breaker.probe-delay-cap",
          "context.window", "context.max-tokens",
          "mixedmodels", "allow-mixed-models",
          "window", "max-tasks-in-broker");

  private final Set<String> known = new HashSet<>();

  /** Prefixes of settings whose names the user chooses. */
  private final Set<String> maps = new HashSet<>();

  UnknownSettings() {
    add("", RouteSettings.class);
  }

  /** One message per unknown name. */
  List<String> problems(Environment environment) {
    Set<String> problems = new HashSet<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      // The name of an environment variable is ambiguous: _ stands for a dot or a hyphen.
      boolean isEnvironment =
          source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
      if (!isEnvironment && source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream()
            .filter(ROUTES::isAncestorOf)
            .filter(name -> !isKnown(setting(name)))
            .forEach(
                name -> problems.add(name + " is not a route setting" + successor(setting(name))));
      }
    }
    return problems.stream().sorted().toList();
  }

  private boolean isKnown(String setting) {
    return known.contains(setting) || maps.stream().anyMatch(setting::startsWith);
  }

  private static String successor(String setting) {
    return RENAMED.entrySet().stream()
        .filter(
            renamed ->
                setting.equals(renamed.getKey()) || setting.startsWith(renamed.getKey() + "."))
        .map(renamed -> "; it was renamed to " + renamed.getValue())
        .findFirst()
        .orElse("");
  }

  private void add(String prefix, Class<?> settings) {
    for (RecordComponent component : settings.getRecordComponents()) {
      String name = prefix + component.getName().toLowerCase(Locale.ROOT);
      Class<?> type = component.getType();
      Class<?> element =
          ResolvableType.forType(component.getGenericType()).getGeneric(0).resolve(type);
      if (element.isRecord()) { // a group of settings, or a list of groups
        add(name + ".", element);
      }
      if (type == Map.class) {
        maps.add(name + ".");
      }
      known.add(name); // a group may be empty, {} in YAML; binding rejects other values
    }
  }

  /** The part of the name after the route's index, without further indexes. */
  private static String setting(ConfigurationPropertyName name) {
    List<String> elements =
        Stream.iterate(ROUTES.getNumberOfElements() + 1, i -> i + 1)
            .limit(Math.max(0, name.getNumberOfElements() - ROUTES.getNumberOfElements() - 1))
            .filter(i -> !name.isNumericIndex(i))
            .map(i -> name.getElement(i, Form.UNIFORM))
            .toList();
    return String.join(".", elements);
  }
}
