package dev.sluice.worker.classify;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An error in the body of a reply whose status is a success. Gateways send it if they have sent the
 * status before the provider failed.
 *
 * <pre>
 *   {"error": {"code": 429, "message": "…"}}                           a whole error
 *   {"object": "error", …}, {"type": "error", …}                       a whole error
 *   {"choices": [{"error": {…}, "finish_reason": "error", …}], …}      incomplete answer
 *   {"error": {…}, "choices": [{"finish_reason": null, …}], …}         incomplete answer
 *   {"status": "failed", "error": {…}, "output": […]}                  incomplete answer (responses)
 * </pre>
 *
 * @param body the node that contains the error
 * @param isPartial whether the provider accepted the request and failed during the answer
 */
record EmbeddedError(JsonNode body, boolean isPartial) {
  private static final String ERROR = "error";

  /** Empty if the reply is a complete answer, or no error. */
  static Optional<EmbeddedError> of(JsonNode reply) {
    JsonNode choices = reply.path("choices");
    boolean hasError = isError(reply.path(ERROR));
    for (JsonNode choice : choices) {
      if (isError(choice.path(ERROR)) || choice.path("finish_reason").asString("").equals(ERROR)) {
        return Optional.of(new EmbeddedError(hasError ? reply : choice, true));
      }
    }
    if (hasError) {
      boolean hasAnswer =
          !choices.isEmpty() || !reply.path("data").isEmpty() || !reply.path("output").isEmpty();
      return isFinished(reply)
          ? Optional.empty()
          : Optional.of(new EmbeddedError(reply, hasAnswer));
    }
    boolean isWholeError =
        reply.path("object").asString("").equals(ERROR)
            || reply.path("type").asString("").equals(ERROR);
    return isWholeError ? Optional.of(new EmbeddedError(reply, false)) : Optional.empty();
  }

  private static boolean isError(JsonNode error) {
    return error.isObject()
        ? error.properties().stream().anyMatch(member -> !member.getValue().isNull())
        : error.isString() && !error.asString().isBlank();
  }

  private static boolean isFinished(JsonNode reply) {
    for (JsonNode choice : reply.path("choices")) {
      if (!choice.path("finish_reason").isString()) {
        return false;
      }
    }
    return !reply.path("choices").isEmpty()
        || !reply.path("data").isEmpty()
        || (!reply.path("output").isEmpty() && !reply.path("status").asString("").equals("failed"));
  }
}
