package dev.sluice.simulator.openai;

/** A request to a model that is well formed. */
public sealed interface ModelRequest permits TextRequest, EmbeddingRequest {
  Model model();

  /** Everything that the prompt says. */
  String text();

  long promptTokens();

  /**
   * What is charged before the reply is known.
   *
   * @param assumedOutput tokens of a reply whose length the request does not bound
   */
  long chargedTokens(long assumedOutput);
}
