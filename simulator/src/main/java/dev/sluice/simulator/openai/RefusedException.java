package dev.sluice.simulator.openai;

/** Leaves the reading of a request with the error that OpenAI answers; never leaves the package. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  RefusedException(ApiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
