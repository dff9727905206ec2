package dev.sluice.cli.summarize;

import dev.sluice.cli.json.JsonValues;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds chat completion requests.
 *
 * @param parameters further members of the request, such as the token limit
 */
record RequestBuilder(String model, String prompt, ObjectNode parameters) {
  static final String ENDPOINT = "/v1/chat/completions";

  /** The request body for a document's text. */
  byte[] body(String text) {
    ObjectNode body = JsonValues.object().put("model", model);
    var messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", prompt);
    messages.addObject().put("role", "user").put("content", text);
    body.setAll(parameters);
    return JsonValues.bytes(body);
  }
}
