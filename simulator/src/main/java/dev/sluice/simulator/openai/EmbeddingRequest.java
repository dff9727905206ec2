package dev.sluice.simulator.openai;

import java.util.List;

/**
 * A call to /v1/embeddings.
 *
 * @param inputs texts, or token lists as JSON text
 * @param dimensions requested dimensions of the vectors
 * @param base64 whether vectors are encoded as base64 instead of numbers
 */
public record EmbeddingRequest(
    Model model, List<String> inputs, long promptTokens, int dimensions, boolean base64)
    implements ModelRequest {

  public EmbeddingRequest {
    inputs = List.copyOf(inputs);
  }

  @Override
  public String text() {
    return String.join("\n", inputs);
  }

  @Override
  public long chargedTokens(long assumedOutput) {
    return promptTokens;
  }
}
