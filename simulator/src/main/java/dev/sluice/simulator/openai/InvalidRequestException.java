package dev.sluice.simulator.openai;

/** A request is invalid; carries OpenAI's error response. Caught within this package. */
public final class InvalidRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient OpenAiError error;

  public InvalidRequestException(OpenAiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  public OpenAiError error() {
    return error;
  }
}
