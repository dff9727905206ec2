package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Parses the maximum completion tokens of a request. */
final class OutputLimit {
  private OutputLimit() {}

  /**
   * Reads a maximum; empty if the request does not have this member.
   *
   * @param min smallest value that the endpoint accepts
   */
  static OptionalLong read(Model model, JsonNode body, String name, long min)
      throws InvalidRequestException {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new InvalidRequestException(OpenAiError.wrongType(name, "an integer"));
    }
    long max = value.asLong();
    if (max < min) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "Invalid '%s': integer below minimum value. Expected a value >= %d, but got %d instead."
                  .formatted(name, min, max),
              name,
              "integer_below_min_value"));
    }
    if (max > model.maxOutput()) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              ("%s is too large: %d. This model supports at most %d completion tokens, whereas"
                      + " you provided %d.")
                  .formatted(name, max, model.maxOutput(), max),
              name,
              "invalid_value"));
    }
    return OptionalLong.of(max);
  }
}
