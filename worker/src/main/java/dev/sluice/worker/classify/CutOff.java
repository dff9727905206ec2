package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Finds answers that the provider cut off at the token limit of the request. */
final class CutOff {
  /** The finish reasons of OpenAI's chat completions and of Gemini. */
  private static final Set<String> FINISH_REASONS = Set.of("length", "MAX_TOKENS");

  private static final String DATA = "data:";

  /** The values in events that end a cut-off answer; a cheap test before an event is parsed. */
  private static final Pattern REASON =
      Pattern.compile("\"(?:length|MAX_TOKENS|max_tokens|max_output_tokens)\"");

  private CutOff() {}

  /** Whether any answer in a parsed reply is cut off. */
  static boolean of(JsonNode reply) {
    return isIncompleteResponse(reply)
        || reply.path("stop_reason").asString("").equals("max_tokens") // Anthropic's messages
        || hasCutOffElement(reply.path("choices"), "finish_reason")
        || hasCutOffElement(reply.path("candidates"), "finishReason");
  }

  /**
   * Whether the events of a stream end a cut-off answer: a chunk of a chat completion with the
   * finish reason, {@code response.incomplete}, or Anthropic's {@code message_delta}. The tail has
   * an excerpt of an event that does not fit into it.
   *
   * @param tail the last part of the stream
   */
  static boolean ofStream(Payload tail) {
    return tail.text()
        .lines()
        .filter(line -> line.startsWith(DATA) && REASON.matcher(line).find())
        .flatMap(line -> Json.object(Payload.of(line.substring(DATA.length())).bytes()).stream())
        .anyMatch(event -> of(event) || of(event.path("response")) || of(event.path("delta")));
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
