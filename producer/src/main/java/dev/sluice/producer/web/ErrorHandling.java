package dev.sluice.producer.web;

import dev.sluice.api.ApiError;
import dev.sluice.common.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.exc.StreamConstraintsException;

/** Maps exceptions to error responses in OpenAI's shape, regardless of the Accept header. */
@RestControllerAdvice
class ErrorHandling {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandling.class);

  @ExceptionHandler
  ResponseEntity<ApiError> rejected(ApiException rejection) {
    ResponseEntity.BodyBuilder response = ResponseEntity.status(rejection.status());
    rejection.headers().forEach(response::header);
    return response.contentType(MediaType.APPLICATION_JSON).body(rejection.body());
  }

  @ExceptionHandler
  ResponseEntity<ApiError> unknownPath(NoResourceFoundException unknown, HttpServletRequest in) {
    return response(
        HttpStatus.NOT_FOUND,
        "%s %s does not exist.".formatted(in.getMethod(), in.getRequestURI()),
        "invalid_request_error");
  }

  /** A value that PostgreSQL cannot store, such as text with a NUL character. */
  @ExceptionHandler
  ResponseEntity<ApiError> unstorable(DataIntegrityViolationException unstorable) {
    LOG.info("The database rejected a request: {}", unstorable.getMessage());
    return response(
        HttpStatus.BAD_REQUEST,
        "The request contains a value that cannot be stored, such as a NUL character. Remove it.",
        "invalid_request_error");
  }

  /** A parameter with invalid encoding, such as {@code %zz}. */
  @ExceptionHandler
  ResponseEntity<ApiError> unreadableParameter(InvalidParameterException unreadable) {
    return response(
        HttpStatus.BAD_REQUEST,
        "The request parameters cannot be decoded: %s".formatted(unreadable.getMessage()),
        "invalid_request_error");
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ApiError> databaseUnavailable(Exception failure, HttpServletResponse response)
      throws Exception {
    LOG.error("A request failed because the database is unavailable: {}", failure.getMessage());
    reset(response, failure);
    return response(HttpStatus.SERVICE_UNAVAILABLE, ErrorWriter.DATABASE_UNAVAILABLE);
  }

  /** The client has disconnected and cannot receive a response. */
  @ExceptionHandler
  void clientDisconnected(IOException failure) throws IOException {
    LOG.debug("A client disconnected: {}", failure.getMessage());
    throw failure;
  }

  @ExceptionHandler
  ResponseEntity<ApiError> notJson(HttpMessageNotReadableException unreadable) {
    Throwable cause = unreadable.getMostSpecificCause();
    if (cause instanceof ApiException rejection) { // thrown while the body was read
      return rejected(rejection);
    }
    String problem =
        cause instanceof StreamConstraintsException exceeded
            ? Json.constraintViolation(exceeded)
            : "must be a JSON object with the documented fields";
    return response(
        HttpStatus.BAD_REQUEST, "The request body %s.".formatted(problem), "invalid_request_error");
  }

  @ExceptionHandler
  ResponseEntity<ApiError> invalidParameter(MethodArgumentTypeMismatchException invalid) {
    return ResponseEntity.badRequest()
        .contentType(MediaType.APPLICATION_JSON)
        .body(
            ApiError.of(
                "Invalid value for '%s': '%s'. It must be an integer."
                    .formatted(invalid.getName(), invalid.getValue()),
                "invalid_request_error",
                invalid.getName(),
                null));
  }

  @ExceptionHandler
  ResponseEntity<ApiError> anyOther(Exception failure, HttpServletResponse response)
      throws Exception {
    if (failure instanceof ErrorResponse spring) {
      HttpStatusCode status = spring.getStatusCode();
      String detail = spring.getBody().getDetail();
      return response(status, detail == null ? status.toString() : detail, "invalid_request_error");
    }
    LOG.error("A request failed", failure);
    reset(response, failure);
    return response(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "The producer failed to process this request. See its log for the cause.",
        "server_error");
  }

  /** Clears the response; if part of it is sent, rethrows to close the connection. */
  private static void reset(HttpServletResponse response, Exception failure) throws Exception {
    if (response.isCommitted()) {
      throw failure;
    }
    response.reset();
    PageHeaders.set(response);
  }

  private static ResponseEntity<ApiError> response(
      HttpStatusCode status, String message, String type) {
    return response(status, ApiError.of(message, type, null, null));
  }

  private static ResponseEntity<ApiError> response(HttpStatusCode status, ApiError error) {
    return ResponseEntity.status(status)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .contentType(MediaType.APPLICATION_JSON)
        .body(error);
  }
}
