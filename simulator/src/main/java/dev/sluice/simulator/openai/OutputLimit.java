package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Reads how many tokens a reply may have. */
final class OutputLimit {
  private OutputLimit() {}

  /**
   * The bound; empty where the request has none of this name.
   *
   * @param least the smallest that the endpoint takes
   */
  static OptionalLong read(Model model, JsonNode body, String name, long least)
      throws InvalidRequestException {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new InvalidRequestException(OpenAiError.wrongType(name, "an integer"));
    }
    long bound = value.asLong();
    if (bound < least) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "Invalid '%s': integer below minimum value. Expected a value >= %d, but got %d instead."
                  .formatted(name, least, bound),
              name,
              "integer_below_min_value"));
    }
    if (bound > model.mostOutput()) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              ("%s is too large: %d. This model supports at most %d completion tokens, whereas"
                      + " you provided %d.")
                  .formatted(name, bound, model.mostOutput(), bound),
              name,
              "invalid_value"));
    }
    return OptionalLong.of(bound);
  }
}
