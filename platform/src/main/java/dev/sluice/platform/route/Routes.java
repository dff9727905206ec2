package dev.sluice.platform.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The validated routes of this installation.
 *
 * @param all in the order of the settings
 */
public record Routes(List<RouteSettings> all) {
  /** The longest name of a model, in UTF-16 characters; it is a part of keys in the database. */
  public static final int MAX_MODEL_LENGTH = 512;

  /**
   * @throws InvalidRoutesException if the settings are invalid; the message lists all violations
   */
  public Routes {
    all = List.copyOf(all);
    List<String> problems = RouteRules.problems(all);
    if (!problems.isEmpty()) {
      throw new InvalidRoutesException(problems);
    }
  }

  /**
   * Reads {@code sluice.routes}. Rejects unknown names, because a limit with a misspelt name would
   * not apply.
   *
   * @throws InvalidRoutesException if a name is unknown or a value is invalid; the message lists
   *     all violations
   */
  public static Routes of(Environment environment) {
    List<String> problems = new ArrayList<>(new UnknownSettings().problems(environment));
    problems.addAll(RenamedSettings.problems(environment));
    if (!problems.isEmpty()) {
      throw new InvalidRoutesException(problems);
    }
    return new Routes(
        Binder.get(environment)
            .bind("sluice.routes", Bindable.listOf(RouteSettings.class))
            .orElse(List.of()));
  }

  /**
   * The routes with these names, in the order of the settings; all routes if the list is empty.
   *
   * @param property the property with the names, for the error message
   * @throws InvalidRoutesException if a name is unknown; the message lists all unknown names
   */
  public Routes select(List<String> names, String property) {
    List<String> unknown = names.stream().filter(name -> !names().contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new InvalidRoutesException(
          unknown.stream()
              .map(
                  name ->
                      "%s (%s) is not a route; the routes are %s"
                          .formatted(property, name, String.join(", ", names())))
              .toList());
    }
    return names.isEmpty()
        ? this
        : new Routes(all.stream().filter(route -> names.contains(route.name())).toList());
  }

  /** The names of the routes, in the order of the settings. */
  public List<String> names() {
    return all.stream().map(RouteSettings::name).toList();
  }

  /**
   * The route of a model: an exact name, else the longest matching pattern. Empty for a name of
   * more than {@link #MAX_MODEL_LENGTH} characters.
   */
  public Optional<RouteSettings> forModel(String model) {
    if (model.length() > MAX_MODEL_LENGTH) {
      return Optional.empty();
    }
    RouteSettings best = null;
    int bestSpecificity = -1;
    for (RouteSettings route : all) {
      for (String pattern : route.models()) {
        int specificity = ModelPattern.specificity(pattern, model);
        if (specificity > bestSpecificity) {
          best = route;
          bestSpecificity = specificity;
        }
      }
    }
    return Optional.ofNullable(best);
  }
}
