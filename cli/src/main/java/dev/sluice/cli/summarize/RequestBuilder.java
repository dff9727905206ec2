package dev.sluice.cli.summarize;

import dev.sluice.cli.json.JsonValues;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a provider's request of a text.
 *
 * @param maxTokens how long a summary may be, in tokens
 */
record RequestBuilder(String model, String prompt, OptionalInt maxTokens) {
  static final String ENDPOINT = "/v1/chat/completions";

  /** The request's body, as the provider will get it. */
  byte[] body(String text) {
    ObjectNode body = JsonValues.object().put("model", model);
    var messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", prompt);
    messages.addObject().put("role", "user").put("content", text);
    maxTokens.ifPresent(limit -> body.put("max_tokens", limit));
    return JsonValues.bytes(body);
  }
}
