package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call to /v1/responses.
 *
 * @param streamed whether the reply is to be streamed
 * @param body the request itself: a reply repeats much of it
 */
public record ResponsesRequest(
    Model model,
    Prompt prompt,
    OptionalLong mostOutput,
    boolean streamed,
    @Nullable String tool,
    JsonNode body)
    implements TextRequest {

  @Override
  public long chargedTokens(long assumedOutput) {
    return promptTokens() + mostOutput.orElse(assumedOutput);
  }
}
