package dev.sluice.cli.client;

import dev.sluice.api.status.StatusView;
import dev.sluice.cli.terminal.CommandException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The models that the producer's routes serve.
 *
 * @param routes in the order of the settings
 */
public record ServedModels(List<StatusView.Route> routes) {

  /** Queries the producer; an invalid API key fails here, before an upload. */
  public static ServedModels of(SluiceClient client) throws InterruptedException {
    return new ServedModels(client.status().value().routes());
  }

  /**
   * Checks that a route serves the model.
   *
   * @throws CommandException if none does; the message lists the models
   */
  public void check(String model) {
    if (models().findAny().isPresent() && route(model).isEmpty()) {
      throw CommandException.invalidInput(
          "no route serves the model '%s'; the models are %s"
              .formatted(model, String.join(", ", models().distinct().toList())));
    }
  }

  /** Name of the field that limits the answer of a chat completion of the model. */
  public String maxTokensField(String model) {
    return route(model)
        .map(StatusView.Route::maxTokensField)
        .filter(field -> !field.isEmpty())
        .orElse("max_tokens");
  }

  /** Context length of the model in tokens; 0 if the settings have none. */
  public long contextTokens(String model) {
    return route(model).map(StatusView.Route::contextTokens).orElse(0L);
  }

  private Optional<StatusView.Route> route(String model) {
    return routes.stream()
        .filter(route -> specificity(route, model) >= 0)
        .max(Comparator.comparingInt(route -> specificity(route, model)));
  }

  private Stream<String> models() {
    return routes.stream().flatMap(route -> route.models().stream());
  }

  /** Length of the longest pattern that matches; above all others for an exact name; else -1. */
  private static int specificity(StatusView.Route route, String model) {
    return route.models().stream().mapToInt(served -> specificity(served, model)).max().orElse(-1);
  }

  private static int specificity(String served, String model) {
    if (served.equals(model)) {
      return Integer.MAX_VALUE;
    }
    boolean matches =
        served.endsWith("*") && model.startsWith(served.substring(0, served.length() - 1));
    return matches ? served.length() : -1;
  }
}
