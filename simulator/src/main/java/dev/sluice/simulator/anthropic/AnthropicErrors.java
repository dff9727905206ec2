package dev.sluice.simulator.anthropic;

import dev.sluice.simulator.openai.OpenAiError;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's errors for the simulator's rejections and faults. */
public final class AnthropicErrors {
  static final String INVALID_REQUEST = "invalid_request_error";

  private static final JsonMapper JSON = JsonMapper.shared();

  private AnthropicErrors() {}

  /** The header {@code anthropic-version} is missing. */
  public static OpenAiError missingVersion() {
    return new OpenAiError(
        400, "anthropic-version: header is required", INVALID_REQUEST, null, null);
  }

  /** The error that Anthropic returns where OpenAI returns the given one. */
  public static OpenAiError of(OpenAiError error) {
    String code = Objects.requireNonNullElse(error.code(), "");
    if (code.equals("insufficient_quota")) {
      return new OpenAiError(
          400,
          "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
          INVALID_REQUEST,
          null,
          null);
    }
    return switch (error.status()) {
      case 401 -> of(401, code.isEmpty() ? "x-api-key header is required" : "invalid x-api-key");
      case 429 ->
          of(
              429,
              "This request would exceed your organization's rate limit of %s per minute."
                  .formatted(error.type()));
      case 500 -> of(500, "Internal server error");
      case 503 -> of(529, "Overloaded");
      default -> of(error.status(), error.message());
    };
  }

  private static OpenAiError of(int status, String message) {
    return new OpenAiError(status, message, type(status), null, null);
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? INVALID_REQUEST : "api_error";
    };
  }

  /** The body of an error. */
  public static String body(OpenAiError error, String requestId) {
    ObjectNode body = JSON.createObjectNode().put("type", "error");
    body.putObject("error").put("type", error.type()).put("message", error.message());
    return JSON.writeValueAsString(body.put("request_id", requestId));
  }
}
