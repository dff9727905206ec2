package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.worker.provider.Reply.Answered;
import tools.jackson.databind.JsonNode;

/** The tokens that a reply says it used, by the names of chat completions or of responses. */
public record Usage(long promptTokens, long completionTokens) {
  /** More is a mistake of the provider's. */
  private static final long MOST_TOKENS = 1_000_000_000;

  public static final Usage NONE = new Usage(0, 0);

  /** {@link #NONE} where the reply is no JSON object or says nothing. */
  public static Usage of(Answered reply) {
    return Json.object(reply.body().bytes()).map(Usage::of).orElse(NONE);
  }

  /** That of a reply which is read already. */
  static Usage of(JsonNode reply) {
    JsonNode usage = reply.path("usage");
    return new Usage(
        number(usage, "prompt_tokens", "input_tokens"),
        number(usage, "completion_tokens", "output_tokens"));
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
