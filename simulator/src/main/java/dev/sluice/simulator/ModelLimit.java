package dev.sluice.simulator;

import dev.sluice.simulator.openai.Model;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A limit as the command line names it: 500, or gpt-4o=100.
 *
 * @param model empty for every model
 */
record ModelLimit(Optional<String> model, long perMinute) {

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  static ModelLimit parse(String text) {
    int equals = text.indexOf('=');
    Optional<String> model = equals < 0 ? Optional.empty() : Optional.of(text.substring(0, equals));
    model
        .filter(name -> Model.named(name).isEmpty())
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "the model %s is unknown: it is one of %s".formatted(name, Model.names()));
            });
    String number = text.substring(equals + 1);
    try {
      return new ModelLimit(model, Long.parseLong(number));
    } catch (NumberFormatException notOne) {
      throw new IllegalArgumentException(
          "%s is no whole number: write 500 or gpt-4o=500".formatted(number), notOne);
    }
  }

  /** The last one for the model, else the last one for all. */
  static OptionalLong of(String model, List<ModelLimit> limits) {
    OptionalLong forAll = last(Optional.empty(), limits);
    OptionalLong own = last(Optional.of(model), limits);
    return own.isPresent() ? own : forAll;
  }

  private static OptionalLong last(Optional<String> model, List<ModelLimit> limits) {
    return limits.stream()
        .filter(limit -> limit.model().equals(model))
        .mapToLong(ModelLimit::perMinute)
        .reduce((earlier, later) -> later);
  }
}
