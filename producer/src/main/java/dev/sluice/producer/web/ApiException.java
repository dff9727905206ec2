package dev.sluice.producer.web;

import dev.sluice.api.ApiError;
import dev.sluice.platform.route.Routes;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Rejects a request with an HTTP status and an error body. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without this header OpenAI's SDKs retry. */
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

  /** 404: the resource does not exist. */
  public static ApiException notFound(String message, @Nullable String param) {
    return of(HttpStatus.NOT_FOUND, message, param, null);
  }

  /** 404, as OpenAI returns it for an unknown model. */
  public static ApiException noSuchModel(String model) {
    return of(
        HttpStatus.NOT_FOUND,
        "No route serves model '%s'. GET /v1/models lists the models."
            .formatted(
                model.length() > Routes.MAX_MODEL_LENGTH
                    ? model.substring(0, Routes.MAX_MODEL_LENGTH) + "…"
                    : model),
        "model",
        "model_not_found");
  }

  /** 408: the request body did not arrive in time. */
  public static ApiException requestTimeout(String message) {
    return new ApiException(
        HttpStatus.REQUEST_TIMEOUT, ApiError.of(message, INVALID_REQUEST, null, null), NO_RETRY);
  }

  /** 409: the resource exists, but its state does not allow the operation. */
  public static ApiException conflict(String message) {
    return new ApiException(
        HttpStatus.CONFLICT, ApiError.of(message, INVALID_REQUEST, null, null), NO_RETRY);
  }

  /** 413: the request body is too large. */
  public static ApiException tooLarge(String message, @Nullable String param) {
    return of(HttpStatus.CONTENT_TOO_LARGE, message, param, null);
  }

  /** 429: too many requests; retry after this time. */
  public static ApiException tooManyRequests(String message, Duration retryAfter) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS,
        ApiError.of(message, "requests", null, "rate_limit_exceeded"),
        retryAfter(retryAfter));
  }

  /** 429: the quota of the project is used up; a retry helps only after some of it is freed. */
  public static ApiException projectQuotaExceeded(String message, String param) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS,
        ApiError.of(message, "insufficient_quota", param, "project_quota_exceeded"),
        NO_RETRY);
  }

  /** 429, as OpenAI returns it when the account's quota is used up; a retry does not help. */
  public static ApiException quotaExceeded(String message) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS,
        ApiError.of(message, "insufficient_quota", null, "insufficient_quota"),
        NO_RETRY);
  }

  /** 503: temporarily unavailable; retry after this time. */
  public static ApiException unavailable(String message, String code, Duration retryAfter) {
    return new ApiException(
        HttpStatus.SERVICE_UNAVAILABLE,
        ApiError.of(message, "server_error", null, code),
        retryAfter(retryAfter));
  }

  private static Map<String, String> retryAfter(Duration delay) {
    long seconds = Math.max(1, Math.ceilDiv(delay.toMillis(), 1000L));
    return Map.of("retry-after", Long.toString(seconds));
  }

  /** 502, 503 or 504: an upstream failure that a retry by the SDK does not fix. */
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

  /** Returns the additional headers of the response. */
  public Map<String, String> headers() {
    return headers;
  }
}
