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
  /** Far more than any context length. A larger or negative count is an error of the provider. */
  private static final long MAX_TOKENS = 100_000_000;

  private static final String DATA = "data:";

  /**
   * Matches numbers and objects of numbers. Within a JSON string the quotes would be escaped. The
   * quantifiers are possessive: others recurse for each repetition, which may overflow the stack.
   */
  private static final Pattern MEMBER =
      Pattern.compile("\"usage\"\\s*+:\\s*+\\{[^{}]*+(?:\\{[^{}]*+}[^{}]*+)*+}");

  /** The names of the members of a reply that contain its usage. */
  static final Set<String> MEMBERS = Set.of("usage");

  public static final TokenUsage NONE = new TokenUsage(0, 0);

  /** {@link #NONE} if the reply is not a JSON object or reports no plausible usage. */
  public static TokenUsage of(Answered reply) {
    return Json.members(reply.body().bytes(), MEMBERS).map(TokenUsage::of).orElse(NONE);
  }

  /** The usage of a parsed reply, which needs only its {@link #MEMBERS}. */
  static TokenUsage of(JsonNode reply) {
    JsonNode usage = reply.path("usage");
    long prompt = number(usage, "prompt_tokens", "input_tokens");
    long completion = number(usage, "completion_tokens", "output_tokens");
    return isPlausible(prompt) && isPlausible(completion)
        ? new TokenUsage(prompt, completion)
        : NONE;
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
    JsonNode tokens = usage.path(name).isNumber() ? usage.path(name) : usage.path(otherName);
    // -1, which is not plausible, for a number that a long cannot hold
    return tokens.isNumber() ? tokens.asLong(-1) : 0;
  }

  private static boolean isPlausible(long tokens) {
    return tokens >= 0 && tokens <= MAX_TOKENS;
  }
}
