package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call to /v1/chat/completions.
 *
 * @param choices number of requested replies, from 1
 * @param streaming options of a streamed reply; null for a reply that is not streamed
 * @param tier the service tier, as in the reply
 */
public record ChatRequest(
    Model model,
    Prompt prompt,
    OptionalLong maxOutput,
    int choices,
    @Nullable Streaming streaming,
    @Nullable String tool,
    @Nullable JsonNode schema,
    String tier)
    implements TextRequest {

  /**
   * Options of a streamed reply.
   *
   * @param usage whether the last chunk contains the usage
   */
  public record Streaming(boolean usage) {}

  @Override
  public long chargedTokens(long assumedOutput) {
    return promptTokens() + choices * maxOutput.orElse(assumedOutput);
  }
}
