package dev.sluice.simulator.openai;

/** Leaves the reading of a request with the error that OpenAI answers; never leaves the package. */
final class InvalidRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient OpenAiError error;

  InvalidRequestException(OpenAiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  OpenAiError error() {
    return error;
  }
}
