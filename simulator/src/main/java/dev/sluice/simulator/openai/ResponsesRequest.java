package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call to /v1/responses.
 *
 * @param streamed whether the reply is streamed
 * @param body the request, because the reply repeats many of its members
 */
public record ResponsesRequest(
    Model model,
    Prompt prompt,
    OptionalLong maxOutput,
    boolean streamed,
    @Nullable String tool,
    JsonNode body)
    implements TextRequest {

  @Override
  public String tier() {
    return body.path("service_tier").asString("default");
  }

  @Override
  public @Nullable JsonNode schema() {
    JsonNode schema = body.path("text").path("format").path("schema");
    return schema.isObject() ? schema : null;
  }

  @Override
  public long chargedTokens(long assumedOutput) {
    return promptTokens() + maxOutput.orElse(assumedOutput);
  }
}
