package dev.sluice.producer.error;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request that is refused, with the answer that its sender gets. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** OpenAI's SDKs would send it again. */
  private static final Map<String, String> NO_RETRY = Map.of("x-should-retry", "false");

  private static final String INVALID_REQUEST = "invalid_request_error";

  private final HttpStatus status;
  private final transient ApiError body;

  private final transient Map<String, String> headers;

  private ApiException(HttpStatus status, ApiError body, Map<String, String> headers) {
    super(body.error().message(), null, false, false);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  /** 400: a parameter is wrong or missing. */
  public static ApiException badRequest(
      String message, @Nullable String param, @Nullable String code) {
    return of(HttpStatus.BAD_REQUEST, message, param, code);
  }

  /** 404: there is no such thing. */
  public static ApiException notFound(String message, @Nullable String param) {
    return of(HttpStatus.NOT_FOUND, message, param, null);
  }

  /** 404, as OpenAI answers who asks for a model that is not there. */
  public static ApiException noSuchModel(String model) {
    return of(
        HttpStatus.NOT_FOUND,
        "The model '%s' has no route here.".formatted(model),
        "model",
        "model_not_found");
  }

  /** 409: the thing is there, but not in a state for this. */
  public static ApiException conflict(String message) {
    return new ApiException(
        HttpStatus.CONFLICT, ApiError.of(message, INVALID_REQUEST, null, null), NO_RETRY);
  }

  /** 413: more bytes than are taken. */
  public static ApiException tooLarge(String message, @Nullable String param) {
    return of(HttpStatus.CONTENT_TOO_LARGE, message, param, null);
  }

  /** 429: come again after this time. */
  public static ApiException tooManyRequests(String message, Duration retryAfter) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS,
        ApiError.of(message, "requests", null, "rate_limit_exceeded"),
        retryAfter(retryAfter));
  }

  /** 429: the project has as much as it may have; no retry helps before something of it is done. */
  public static ApiException projectQuotaExceeded(String message, String param) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS,
        ApiError.of(message, "insufficient_quota", param, "project_quota_exceeded"),
        NO_RETRY);
  }

  /** 429, as OpenAI answers who has no quota left: no retry helps before somebody pays. */
  public static ApiException quotaExceeded(String message) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS,
        ApiError.of(message, "insufficient_quota", null, "insufficient_quota"),
        NO_RETRY);
  }

  /** 503: not now; come again after this time. */
  public static ApiException unavailable(String message, String code, Duration retryAfter) {
    return new ApiException(
        HttpStatus.SERVICE_UNAVAILABLE,
        ApiError.of(message, "server_error", null, code),
        retryAfter(retryAfter));
  }

  private static Map<String, String> retryAfter(Duration time) {
    long seconds = Math.max(1, Math.ceilDiv(time.toMillis(), 1000L));
    return Map.of("retry-after", Long.toString(seconds));
  }

  /** 502, 503, 504: this side of the call is well, the other is not. */
  public static ApiException serverError(HttpStatus status, String message, String code) {
    return new ApiException(status, ApiError.of(message, "server_error", null, code), NO_RETRY);
  }

  private static ApiException of(
      HttpStatus status, String message, @Nullable String param, @Nullable String code) {
    return new ApiException(status, ApiError.of(message, INVALID_REQUEST, param, code), Map.of());
  }

  HttpStatus status() {
    return status;
  }

  public ApiError body() {
    return body;
  }

  /** Those of the answer, besides what every answer has. */
  public Map<String, String> headers() {
    return headers;
  }
}
