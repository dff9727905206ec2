package dev.sluice.simulator.openai;

/** Result of parsing a request. */
public sealed interface ParseResult {

  /** A valid request. */
  record Valid(ModelRequest request) implements ParseResult {}

  /**
   * An invalid request.
   *
   * @param model the requested model; empty if unreadable
   */
  record Invalid(OpenAiError error, String model) implements ParseResult {}
}
