package dev.sluice.common.route;

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
 * Finds names below {@code sluice.routes} that are no setting of a route. Boot's own strict binding
 * passes over the elements of lists.
 */
final class UnknownSettings {
  private static final ConfigurationPropertyName ROUTES =
      ConfigurationPropertyName.of("sluice.routes");

  /** By their uniform names. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "answers", "error-rules",
          "context.window", "context.max-tokens",
          "mixedmodels", "allow-mixed-models",
          "window", "max-tasks-in-broker");

  private final Set<String> known = new HashSet<>();

  UnknownSettings() {
    add("", RouteSettings.class);
  }

  /** A sentence for each of them. */
  List<String> problems(Environment environment) {
    Set<String> problems = new HashSet<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      // A variable's name does not say where a dot stands and where a hyphen.
      boolean isEnvironment =
          source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
      if (!isEnvironment && source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream()
            .filter(ROUTES::isAncestorOf)
            .filter(name -> !known.contains(setting(name)))
            .forEach(
                name ->
                    problems.add(name + " is no setting of a route" + successor(setting(name))));
      }
    }
    return problems.stream().sorted().toList();
  }

  private static String successor(String setting) {
    return RENAMED.entrySet().stream()
        .filter(
            renamed ->
                setting.equals(renamed.getKey()) || setting.startsWith(renamed.getKey() + "."))
        .map(renamed -> "; its name is " + renamed.getValue())
        .findFirst()
        .orElse("");
  }

  private void add(String prefix, Class<?> settings) {
    for (RecordComponent component : settings.getRecordComponents()) {
      String name = prefix + component.getName().toLowerCase(Locale.ROOT);
      Class<?> type = component.getType();
      Class<?> element =
          ResolvableType.forType(component.getGenericType()).getGeneric(0).resolve(type);
      if (element.isRecord()) { // the settings below it, or those of each in a list
        add(name + ".", element);
      }
      known.add(name); // of a group this stands for an empty one, {} in a file: others do not bind
    }
  }

  /** What follows the index of the route, without further indexes. */
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
