package dev.sluice.simulator;

import dev.sluice.simulator.openai.Model;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A limit on the command line: 500, or gpt-4o=100.
 *
 * @param model name of the model; empty for all models
 */
record ModelLimit(Optional<String> model, long perMinute) {

  /**
   * Parses a limit.
   *
   * @throws IllegalArgumentException with a human-readable message
   */
  static ModelLimit parse(String text) {
    int equals = text.indexOf('=');
    Optional<String> model = equals < 0 ? Optional.empty() : Optional.of(text.substring(0, equals));
    model
        .filter(name -> Model.named(name).isEmpty())
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "unknown model %s; the models are %s".formatted(name, Model.names()));
            });
    String number = text.substring(equals + 1);
    try {
      return new ModelLimit(model, Long.parseLong(number));
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "%s is not a whole number; use 500 or gpt-4o=500".formatted(number), notANumber);
    }
  }

  /** The last limit for the model, else the last limit for all models. */
  static OptionalLong of(String model, List<ModelLimit> limits) {
    OptionalLong general = last(Optional.empty(), limits);
    OptionalLong specific = last(Optional.of(model), limits);
    return specific.isPresent() ? specific : general;
  }

  private static OptionalLong last(Optional<String> model, List<ModelLimit> limits) {
    return limits.stream()
        .filter(limit -> limit.model().equals(model))
        .mapToLong(ModelLimit::perMinute)
        .reduce((earlier, later) -> later);
  }
}
