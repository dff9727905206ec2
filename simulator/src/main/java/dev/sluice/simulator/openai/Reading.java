package dev.sluice.simulator.openai;

/** What came of reading a request. */
public sealed interface Reading {

  /** It is well formed. */
  record Good(ModelRequest request) implements Reading {}

  /**
   * It is not.
   *
   * @param model the model that it names; empty where none can be read
   */
  record Bad(ApiError error, String model) implements Reading {}
}
