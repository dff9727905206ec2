package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import java.util.List;

/**
 * The models that the producer's routes serve.
 *
 * @param models names, some of which end in {@code *}
 */
public record RoutesApi(List<String> models) {

  /** Asks the producer: a wrong key is refused here, not in the middle of an upload. */
  public static RoutesApi of(SluiceClient client) throws InterruptedException {
    return new RoutesApi(
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
   * Refuses a model that no route serves.
   *
   * @throws CommandException which names those that there are
   */
  public void check(String model) {
    if (!models.isEmpty() && models.stream().noneMatch(served -> serves(served, model))) {
      throw CommandException.badInput(
          "no route serves the model '%s'; there are %s"
              .formatted(model, String.join(", ", models)));
    }
  }

  private static boolean serves(String served, String model) {
    return served.endsWith("*")
        ? model.startsWith(served.substring(0, served.length() - 1))
        : model.equals(served);
  }
}
