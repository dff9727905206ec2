package dev.sluice.producer.error;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request that is refused, with the answer that its sender gets. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String INVALID_REQUEST = "invalid_request_error";

  private final HttpStatus status;
  private final transient ApiError body;

  private ApiException(HttpStatus status, ApiError body) {
    super(body.error().message(), null, false, false);
    this.status = status;
    this.body = body;
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

  /** 409: the thing is there, but not in a state for this. */
  public static ApiException conflict(String message) {
    return of(HttpStatus.CONFLICT, message, null, null);
  }

  /** 413: more bytes than are taken. */
  public static ApiException tooLarge(String message, @Nullable String param) {
    return of(HttpStatus.CONTENT_TOO_LARGE, message, param, null);
  }

  private static ApiException of(
      HttpStatus status, String message, @Nullable String param, @Nullable String code) {
    return new ApiException(status, ApiError.of(message, INVALID_REQUEST, param, code));
  }

  HttpStatus status() {
    return status;
  }

  ApiError body() {
    return body;
  }
}
