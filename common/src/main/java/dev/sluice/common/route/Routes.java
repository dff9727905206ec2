package dev.sluice.common.route;

import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The routes of this installation, checked as a whole.
 *
 * @param all in the order of the settings
 */
public record Routes(List<RouteSettings> all) {

  /**
   * @throws InvalidRoutesException naming every value that breaks a rule, with its property
   */
  public Routes {
    all = List.copyOf(all);
    List<String> problems = RouteRules.problems(all);
    if (!problems.isEmpty()) {
      throw new InvalidRoutesException(problems);
    }
  }

  /**
   * Reads {@code sluice.routes}. A name that is no setting of a route is an error: a limit with a
   * slip in its name would be no limit.
   *
   * @throws InvalidRoutesException naming every name that is none, or every value that breaks a
   *     rule
   */
  public static Routes of(Environment environment) {
    List<String> problems = new UnknownSettings().problems(environment);
    if (!problems.isEmpty()) {
      throw new InvalidRoutesException(problems);
    }
    return new Routes(
        Binder.get(environment)
            .bind("sluice.routes", Bindable.listOf(RouteSettings.class))
            .orElse(List.of()));
  }

  /**
   * Those with these names, in the order of the settings; all of them for none.
   *
   * @param property where the names stand
   * @throws InvalidRoutesException naming every name that no route has
   */
  public Routes only(List<String> names, String property) {
    List<String> unknown = names.stream().filter(name -> !names().contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new InvalidRoutesException(
          unknown.stream()
              .map(
                  name ->
                      "%s (%s) is no route: there are %s"
                          .formatted(property, name, String.join(", ", names())))
              .toList());
    }
    return names.isEmpty()
        ? this
        : new Routes(all.stream().filter(route -> names.contains(route.name())).toList());
  }

  /** The names, in the order of the settings. */
  public List<String> names() {
    return all.stream().map(RouteSettings::name).toList();
  }

  /**
   * The route of a model: the one that names it, else the one with the longest fitting {@code *}.
   */
  public Optional<RouteSettings> forModel(String model) {
    RouteSettings best = null;
    int bestFit = -1;
    for (RouteSettings route : all) {
      for (String pattern : route.models()) {
        int fit = ModelPattern.fit(pattern, model);
        if (fit > bestFit) {
          best = route;
          bestFit = fit;
        }
      }
    }
    return Optional.ofNullable(best);
  }
}
