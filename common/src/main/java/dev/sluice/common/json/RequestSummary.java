package dev.sluice.common.json;

import dev.sluice.common.wire.Payload;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * What Sluice needs to know of a request.
 *
 * @param model the model that it asks for; empty where it names none
 * @param maxOutputTokens how long it allows the reply to be, in tokens
 * @param stream whether it asks for a streamed reply
 * @param choices how many replies it asks for ({@code n}), at least 1
 */
public record RequestSummary(
    String model, OptionalLong maxOutputTokens, boolean stream, int choices) {

  /** The facts of a request body; empty where it is no JSON object. */
  public static Optional<RequestSummary> read(Payload request) {
    return Json.object(request.bytes()).map(RequestSummary::of);
  }

  /** The facts of a request that is read already. */
  public static RequestSummary of(JsonNode request) {
    return new RequestSummary(
        request.path("model").asString(""),
        maxOutputTokens(request),
        request.path("stream").asBoolean(false),
        Math.max(1, request.path("n").asInt(1)));
  }

  /** The three names that OpenAI's endpoints have for it. */
  private static OptionalLong maxOutputTokens(JsonNode request) {
    for (String name : new String[] {"max_completion_tokens", "max_output_tokens", "max_tokens"}) {
      JsonNode value = request.path(name);
      if (value.isIntegralNumber()) {
        return OptionalLong.of(Math.max(0, value.asLong(Long.MAX_VALUE)));
      }
    }
    return OptionalLong.empty();
  }
}
