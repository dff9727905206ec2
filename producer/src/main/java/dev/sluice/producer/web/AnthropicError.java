package dev.sluice.producer.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.api.ApiError;
import java.util.UUID;
import org.slf4j.MDC;

/**
 * An error response in Anthropic's shape, which its SDKs read.
 *
 * <pre>{@code
 * {"type": "error", "error": {"type": "rate_limit_error", "message": "Route mini has too many …"},
 *   "request_id": "req_0199…"}
 * }</pre>
 *
 * @param type always {@code error}
 * @param requestId {@code req_} and the task id of a live call, or a random id before there is one
 */
record AnthropicError(String type, Detail error, @JsonProperty("request_id") String requestId) {

  /**
   * The error.
   *
   * @param type Anthropic's type for the HTTP status
   * @param message for the user: what is wrong and what to do
   */
  record Detail(String type, String message) {}

  static AnthropicError of(int status, ApiError error) {
    String task = MDC.get("task");
    return new AnthropicError(
        "error",
        new Detail(type(status), error.error().message()),
        "req_" + (task == null ? UUID.randomUUID().toString() : task));
  }

  /** The types of https://docs.claude.com/en/api/errors. */
  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 408, 504 -> "timeout_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
