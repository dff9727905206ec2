package dev.sluice.producer.error;

import org.jspecify.annotations.Nullable;

/**
 * An error in OpenAI's shape; all four keys are always there.
 *
 * @param error what went wrong
 */
public record ApiError(Detail error) {

  /**
   * What went wrong.
   *
   * @param message for a person
   * @param type the kind, such as {@code invalid_request_error}
   * @param param which parameter is wrong; null where it is none
   * @param code for a program; null where there is none
   */
  public record Detail(
      String message, String type, @Nullable String param, @Nullable String code) {}

  static ApiError databaseAway() {
    return of(
        "The database is not reached at the moment. Try again shortly.",
        "server_error",
        null,
        null);
  }

  static ApiError of(String message, String type, @Nullable String param, @Nullable String code) {
    return new ApiError(new Detail(message, type, param, code));
  }
}
