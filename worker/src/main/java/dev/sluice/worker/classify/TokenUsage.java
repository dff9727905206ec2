package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The tokens that a reply says it used, by the names of chat completions or of responses. */
public record TokenUsage(long promptTokens, long completionTokens) {
  /** More is a mistake of the provider's. */
  private static final long MOST_TOKENS = 1_000_000_000;

  private static final String DATA = "data:";

  /** Its values are numbers, and objects of numbers. Within a text its quotes would be escaped. */
  private static final Pattern MEMBER =
      Pattern.compile("\"usage\"\\s*:\\s*\\{[^{}]*(?:\\{[^{}]*}[^{}]*)*}");

  public static final TokenUsage NONE = new TokenUsage(0, 0);

  /** {@link #NONE} where the reply is no JSON object or says nothing. */
  public static TokenUsage of(Answered reply) {
    return Json.object(reply.body().bytes()).map(TokenUsage::of).orElse(NONE);
  }

  /** That of a reply which is read already. */
  static TokenUsage of(JsonNode reply) {
    JsonNode usage = reply.path("usage");
    return new TokenUsage(
        number(usage, "prompt_tokens", "input_tokens"),
        number(usage, "completion_tokens", "output_tokens"));
  }

  /**
   * That of the last event of a stream that tells any: chat completions tell it in a chunk,
   * responses in the response that their last event carries.
   */
  static TokenUsage ofStream(Payload tail) {
    return tail.text()
        .lines()
        .filter(line -> line.contains("usage"))
        .map(line -> line.startsWith(DATA) ? ofEvent(line) : ofEndOfEvent(line))
        .filter(usage -> usage.total() > 0)
        .reduce(NONE, (earlier, later) -> later);
  }

  private static TokenUsage ofEvent(String line) {
    return Json.object(Payload.of(line.substring(DATA.length())).bytes())
        .map(event -> of(event.has("response") ? event.path("response") : event))
        .orElse(NONE);
  }

  /** An event that is longer than what was kept of the stream has lost its beginning. */
  private static TokenUsage ofEndOfEvent(String line) {
    return MEMBER
        .matcher(line)
        .results()
        .flatMap(found -> Json.object(Payload.of("{" + found.group() + "}").bytes()).stream())
        .map(TokenUsage::of)
        .reduce(NONE, (earlier, later) -> later);
  }

  /** Both together. */
  public long total() {
    return promptTokens + completionTokens;
  }

  private static long number(JsonNode usage, String name, String otherName) {
    long said = usage.path(name).asLong(usage.path(otherName).asLong(0));
    return Math.clamp(said, 0, MOST_TOKENS);
  }
}
