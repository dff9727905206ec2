package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * An error response in OpenAI's shape; all four members are always present.
 *
 * <pre>{@code
 * {"error": {"message": "No batch found with id 'batch_1'.", "type": "invalid_request_error",
 *   "param": "batch_id", "code": null}}
 * }</pre>
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

  /** Creates an error; the parameters are the members of {@link Detail}. */
  public static ApiError of(
      String message, String type, @Nullable String param, @Nullable String code) {
    return new ApiError(new Detail(message, type, param, code));
  }
}
