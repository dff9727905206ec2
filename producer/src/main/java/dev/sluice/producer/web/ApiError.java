package dev.sluice.producer.web;

import org.jspecify.annotations.Nullable;

/**
 * An error response in OpenAI's shape; all four members are always present.
 *
 * @param error the error
 */
public record ApiError(Detail error) {

  /**
   * The error.
   *
   * @param message for the user: what is wrong and what to do
   * @param type the category, such as {@code invalid_request_error}
   * @param param the invalid parameter; null if the error concerns none
   * @param code machine-readable code; null for none
   */
  public record Detail(
      String message, String type, @Nullable String param, @Nullable String code) {}

  static ApiError databaseUnavailable() {
    return of("The database is unavailable. Retry in a few seconds.", "server_error", null, null);
  }

  static ApiError of(String message, String type, @Nullable String param, @Nullable String code) {
    return new ApiError(new Detail(message, type, param, code));
  }
}
