package dev.sluice.common.check;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The texts of a model's answers in a provider's reply. */
public final class AnswerText {
  private static final List<String> ENDPOINTS =
      List.of("/v1/chat/completions", "/v1/messages", "/v1/responses");

  private AnswerText() {}

  /** Whether the replies of this endpoint contain answers as text. */
  public static boolean isSupported(String endpoint) {
    return ENDPOINTS.contains(endpoint);
  }

  /**
   * The text of each answer: one, or one for each choice of a chat completion. The text of an
   * answer without text, such as a refusal or a tool call, is empty.
   */
  public static List<String> of(Payload reply) {
    JsonNode root = Json.object(reply.bytes()).orElse(null);
    if (root == null) {
      return List.of("");
    }
    List<String> texts =
        root.has("choices")
            ? root.path("choices").valueStream().map(AnswerText::ofChoice).toList()
            : List.of(root.has("output") ? ofResponse(root) : text(root.path("content")));
    return texts.isEmpty() ? List.of("") : texts;
  }

  private static String ofChoice(JsonNode choice) {
    return text(choice.path("message").path("content"));
  }

  private static String ofResponse(JsonNode response) {
    return response
        .path("output")
        .valueStream()
        .filter(item -> item.path("type").asString("").equals("message"))
        .flatMap(item -> parts(item.path("content")))
        .collect(Collectors.joining());
  }

  private static String text(JsonNode content) {
    return content.isString() ? content.asString() : parts(content).collect(Collectors.joining());
  }

  /** Only parts of text have a member {@code text}. */
  private static Stream<String> parts(JsonNode content) {
    return content.valueStream().map(part -> part.path("text").asString(""));
  }
}
