package dev.sluice.simulator.openai;

/** A valid request to a model. */
public sealed interface ModelRequest permits TextRequest, EmbeddingRequest {
  Model model();

  /** The whole text of the prompt. */
  String text();

  long promptTokens();

  /** The service tier, as in the reply. */
  default String tier() {
    return "default";
  }

  /**
   * Tokens charged before the reply is known.
   *
   * @param assumedOutput completion tokens of a request without a maximum
   */
  long chargedTokens(long assumedOutput);
}
