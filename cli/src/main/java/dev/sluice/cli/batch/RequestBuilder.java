package dev.sluice.cli.batch;

import dev.sluice.cli.json.JsonValues;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds chat completion requests.
 *
 * @param parameters further members of the request, such as the token limit
 */
public record RequestBuilder(String model, ObjectNode parameters) {
  /** A message of a chat. */
  public record ChatMessage(String role, String content) {
    public static ChatMessage system(String content) {
      return new ChatMessage("system", content);
    }

    public static ChatMessage user(String content) {
      return new ChatMessage("user", content);
    }
  }

  /** The request body with these messages. */
  public byte[] body(ChatMessage... messages) {
    ObjectNode body = JsonValues.object().put("model", model);
    var list = body.putArray("messages");
    for (ChatMessage message : messages) {
      list.addObject().put("role", message.role()).put("content", message.content());
    }
    body.setAll(parameters);
    return JsonValues.bytes(body);
  }
}
