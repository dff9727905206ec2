package dev.sluice.worker.classify;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Finds answers that the provider cut off at the token limit of the request. */
final class CutOff {
  /** The finish reasons of OpenAI's chat completions and of Gemini. */
  private static final Set<String> FINISH_REASONS = Set.of("length", "MAX_TOKENS");

  private CutOff() {}

  /** Whether any answer in a parsed reply is cut off. */
  static boolean of(JsonNode reply) {
    return isIncompleteResponse(reply)
        || reply.path("stop_reason").asString("").equals("max_tokens") // Anthropic's messages
        || hasCutOffElement(reply.path("choices"), "finish_reason")
        || hasCutOffElement(reply.path("candidates"), "finishReason");
  }

  private static boolean isIncompleteResponse(JsonNode reply) {
    return reply.path("status").asString("").equals("incomplete")
        && reply.path("incomplete_details").path("reason").asString("").equals("max_output_tokens");
  }

  private static boolean hasCutOffElement(JsonNode answers, String reason) {
    return answers
        .valueStream()
        .anyMatch(answer -> FINISH_REASONS.contains(answer.path(reason).asString("")));
  }
}
