package dev.sluice.simulator.openai;

import dev.sluice.simulator.duration.DurationText;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An error in OpenAI's format, with all four members.
 *
 * @param status HTTP status
 * @param type category of the error
 * @param param the invalid parameter
 * @param code identifier for programs
 */
public record OpenAiError(
    int status, String message, String type, @Nullable String param, @Nullable String code) {
  /** The organization of all keys. */
  public static final String ORGANIZATION = "org-simulator";

  private static final String INVALID = "invalid_request_error";
  private static final String RATE_LIMIT_PAGE =
      "Visit https://platform.openai.com/account/rate-limits to learn more.";

  static OpenAiError invalid(String message, @Nullable String param, @Nullable String code) {
    return new OpenAiError(400, message, INVALID, param, code);
  }

  static OpenAiError missing(String param) {
    return invalid(
        "Missing required parameter: '%s'.".formatted(param), param, "missing_required_parameter");
  }

  static OpenAiError wrongType(String param, String expected) {
    return invalid(
        "Invalid type for '%s': expected %s.".formatted(param, expected), param, "invalid_type");
  }

  static OpenAiError unsupportedParameter(String param, String alternative) {
    return invalid(
        "Unsupported parameter: '%s' is not supported with this model. Use '%s' instead."
            .formatted(param, alternative),
        param,
        "unsupported_parameter");
  }

  static OpenAiError notJson() {
    return invalid(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't"
            + " using your HTTP library correctly. The OpenAI API expects a JSON payload, but what"
            + " was sent was not valid JSON.)",
        null,
        null);
  }

  public static OpenAiError modelNotFound(String model) {
    return new OpenAiError(
        404,
        "The model `%s` does not exist or you do not have access to it.".formatted(model),
        INVALID,
        null,
        "model_not_found");
  }

  public static OpenAiError badRequest() {
    return invalid("Invalid request: injected by the simulator's fault 400.", null, null);
  }

  public static OpenAiError invalidMarker(String problem) {
    return invalid(problem, "messages", "unknown_marker");
  }

  public static OpenAiError contextLength(String param, long contextLength, long tokens) {
    return invalid(
        ("This model's maximum context length is %d tokens. However, your messages resulted in %d"
                + " tokens. Please reduce the length of the messages.")
            .formatted(contextLength, tokens),
        param,
        "context_length_exceeded");
  }

  public static OpenAiError missingKey() {
    return new OpenAiError(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization"
            + " header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        INVALID,
        null,
        null);
  }

  /** Masks the key as OpenAI does: only its first and last characters are shown. */
  public static OpenAiError invalidKey(String key) {
    String masked =
        key.length() < 12
            ? "*".repeat(key.length())
            : key.substring(0, 4) + "*".repeat(key.length() - 8) + key.substring(key.length() - 4);
    return new OpenAiError(
        401,
        ("Incorrect API key provided: %s. You can find your API key at"
                + " https://platform.openai.com/account/api-keys.")
            .formatted(masked),
        INVALID,
        null,
        "invalid_api_key");
  }

  /**
   * A rate limit is exceeded.
   *
   * @param kind requests or tokens
   */
  public static OpenAiError rateLimit(
      String model, String kind, long limit, long used, long requested, Duration retryIn) {
    return new OpenAiError(
        429,
        ("Rate limit reached for %s in organization %s on %s per min (%sPM): Limit %d, Used %d,"
                + " Requested %d. Please try again in %s. %s")
            .formatted(
                model,
                ORGANIZATION,
                kind,
                kind.substring(0, 1).toUpperCase(Locale.ROOT),
                limit,
                used,
                requested,
                DurationText.format(retryIn),
                RATE_LIMIT_PAGE),
        kind,
        null,
        "rate_limit_exceeded");
  }

  /** The request needs more tokens than the limit per minute. */
  public static OpenAiError requestTooLarge(String model, long limit, long requested) {
    return new OpenAiError(
        429,
        ("Request too large for %s in organization %s on tokens per min (TPM): Limit %d, Requested"
                + " %d. The input or output tokens must be reduced in order to run successfully."
                + " %s")
            .formatted(model, ORGANIZATION, limit, requested, RATE_LIMIT_PAGE),
        "tokens",
        null,
        "rate_limit_exceeded");
  }

  /** The model does not have the requested service tier. */
  public static OpenAiError flexNotAvailable() {
    return invalid("Flex is not available for this model.", "service_tier", null);
  }

  /** The flex tier has no capacity. */
  public static OpenAiError resourceUnavailable() {
    return new OpenAiError(
        429, "Resource unavailable.", "resource_unavailable", null, "resource_unavailable");
  }

  public static OpenAiError insufficientQuota() {
    return new OpenAiError(
        429,
        "You exceeded your current quota, please check your plan and billing details. For more"
            + " information on this error, read the docs:"
            + " https://platform.openai.com/docs/guides/error-codes/api-errors.",
        "insufficient_quota",
        null,
        "insufficient_quota");
  }

  public static OpenAiError serverError() {
    return new OpenAiError(
        500,
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        null,
        null);
  }

  public static OpenAiError overloaded() {
    return new OpenAiError(
        503,
        "The engine is currently overloaded, please try again later.",
        "server_error",
        null,
        null);
  }

  public static OpenAiError unknownUrl(String method, String path) {
    return new OpenAiError(
        404, "Invalid URL (%s %s)".formatted(method, path), INVALID, null, "unknown_url");
  }

  public static OpenAiError methodNotAllowed(String method, String path) {
    return new OpenAiError(
        405,
        "Not allowed to %s on %s.".formatted(method, path),
        INVALID,
        null,
        "method_not_supported");
  }

  /** Error of the simulator's own endpoints. */
  public static OpenAiError invalidSetting(String message) {
    return invalid(message, null, "invalid_value");
  }
}
