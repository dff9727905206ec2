package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import java.util.List;

/**
 * The models that the producer's routes serve.
 *
 * @param models model names and patterns that end in {@code *}
 */
public record ServedModels(List<String> models) {

  /** Queries the producer; an invalid API key fails here, before an upload. */
  public static ServedModels of(SluiceClient client) throws InterruptedException {
    return new ServedModels(
        client
            .status()
            .path("routes")
            .valueStream()
            .flatMap(route -> route.path("models").valueStream())
            .map(model -> model.asString(""))
            .distinct()
            .toList());
  }

  /**
   * Checks that a route serves the model.
   *
   * @throws CommandException if none does; the message lists the models
   */
  public void check(String model) {
    if (!models.isEmpty() && models.stream().noneMatch(served -> serves(served, model))) {
      throw CommandException.invalidInput(
          "no route serves the model '%s'; the models are %s"
              .formatted(model, String.join(", ", models)));
    }
  }

  private static boolean serves(String served, String model) {
    return served.endsWith("*")
        ? model.startsWith(served.substring(0, served.length() - 1))
        : model.equals(served);
  }
}
