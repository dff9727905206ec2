package dev.sluice.cli.batch;

import dev.sluice.cli.json.JsonValues;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds chat completion requests.
 *
 * @param parameters further members of the request, such as the token limit
 */
public record RequestBuilder(String model, ObjectNode parameters) {
  static final Set<String> MAX_TOKENS_FIELDS = Set.of("max_tokens", "max_completion_tokens");

  /** A message of a chat. */
  public record ChatMessage(String role, String content) {
    public static ChatMessage system(String content) {
      return new ChatMessage("system", content);
    }

    public static ChatMessage user(String content) {
      return new ChatMessage("user", content);
    }
  }

  /** Maximum length of a reply in tokens; 0 if the requests have none. */
  public long maxReplyTokens() {
    return MAX_TOKENS_FIELDS.stream()
        .mapToLong(field -> parameters.path(field).asLong(0))
        .max()
        .orElse(0);
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
