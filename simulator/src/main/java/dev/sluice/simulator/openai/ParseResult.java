package dev.sluice.simulator.openai;

/** What came of reading a request. */
public sealed interface ParseResult {

  /** It is well formed. */
  record Valid(ModelRequest request) implements ParseResult {}

  /**
   * It is not.
   *
   * @param model the model that it names; empty where none can be read
   */
  record Invalid(OpenAiError error, String model) implements ParseResult {}
}
