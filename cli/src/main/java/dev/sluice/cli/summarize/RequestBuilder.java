package dev.sluice.cli.summarize;

import dev.sluice.cli.json.JsonValues;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds chat completion requests.
 *
 * @param maxTokens maximum length of a summary, in tokens; empty for the provider's default
 */
record RequestBuilder(String model, String prompt, OptionalInt maxTokens) {
  static final String ENDPOINT = "/v1/chat/completions";

  /** The request body for a document's text. */
  byte[] body(String text) {
    ObjectNode body = JsonValues.object().put("model", model);
    var messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", prompt);
    messages.addObject().put("role", "user").put("content", text);
    maxTokens.ifPresent(limit -> body.put("max_tokens", limit));
    return JsonValues.bytes(body);
  }
}
