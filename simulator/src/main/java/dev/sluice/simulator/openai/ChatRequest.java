package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A call to /v1/chat/completions.
 *
 * @param choices how many replies it asks for, from 1
 * @param streaming how the reply is to be streamed; null for a whole one
 */
public record ChatRequest(
    Model model,
    Prompt prompt,
    OptionalLong mostOutput,
    int choices,
    @Nullable Streaming streaming,
    @Nullable String tool)
    implements TextRequest {

  /**
   * How a reply is streamed.
   *
   * @param usage whether the last chunk tells the usage
   */
  public record Streaming(boolean usage) {}

  @Override
  public long chargedTokens(long assumedOutput) {
    return promptTokens() + choices * mostOutput.orElse(assumedOutput);
  }
}
