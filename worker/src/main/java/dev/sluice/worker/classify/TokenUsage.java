package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The tokens that a reply reports as used.
 *
 * @param promptTokens {@code prompt_tokens} (chat completions) or {@code input_tokens} (responses)
 * @param completionTokens {@code completion_tokens} or {@code output_tokens}
 */
public record TokenUsage(long promptTokens, long completionTokens) {
  /** Clamps implausible values, so that sums cannot overflow. */
  private static final long MAX_TOKENS = 1_000_000_000;

  private static final String DATA = "data:";

  /** Matches numbers and objects of numbers. Within a JSON string the quotes would be escaped. */
  private static final Pattern MEMBER =
      Pattern.compile("\"usage\"\\s*:\\s*\\{[^{}]*(?:\\{[^{}]*}[^{}]*)*}");

  /** The names of the members of a reply that contain its usage. */
  static final Set<String> MEMBERS = Set.of("usage");

  public static final TokenUsage NONE = new TokenUsage(0, 0);

  /** {@link #NONE} if the reply is not a JSON object or reports no usage. */
  public static TokenUsage of(Answered reply) {
    return Json.members(reply.body().bytes(), MEMBERS).map(TokenUsage::of).orElse(NONE);
  }

  /** The usage of a parsed reply, which needs only its {@link #MEMBERS}. */
  static TokenUsage of(JsonNode reply) {
    JsonNode usage = reply.path("usage");
    return new TokenUsage(
        number(usage, "prompt_tokens", "input_tokens"),
        number(usage, "completion_tokens", "output_tokens"));
  }

  /**
   * The usage in the last event of a stream that reports any. Chat completions report it in a
   * chunk, responses in the response object of the last event.
   */
  static TokenUsage ofStream(Payload tail) {
    return tail.text()
        .lines()
        .filter(line -> line.contains("usage"))
        .map(line -> line.startsWith(DATA) ? ofEvent(line) : ofPartialEvent(line))
        .filter(usage -> usage.total() > 0)
        .reduce(NONE, (earlier, later) -> later);
  }

  private static TokenUsage ofEvent(String line) {
    return Json.object(Payload.of(line.substring(DATA.length())).bytes())
        .map(event -> of(event.has("response") ? event.path("response") : event))
        .orElse(NONE);
  }

  /** The tail may begin within a long last event, so search for the member in the text. */
  private static TokenUsage ofPartialEvent(String line) {
    return MEMBER
        .matcher(line)
        .results()
        .flatMap(match -> Json.object(Payload.of("{" + match.group() + "}").bytes()).stream())
        .map(TokenUsage::of)
        .reduce(NONE, (earlier, later) -> later);
  }

  /** Prompt and completion tokens together. */
  public long total() {
    return promptTokens + completionTokens;
  }

  private static long number(JsonNode usage, String name, String otherName) {
    long tokens = usage.path(name).asLong(usage.path(otherName).asLong(0));
    return Math.clamp(tokens, 0, MAX_TOKENS);
  }
}
