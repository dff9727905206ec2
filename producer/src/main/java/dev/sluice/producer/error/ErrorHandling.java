package dev.sluice.producer.error;

import dev.sluice.common.json.Json;
import dev.sluice.producer.page.PageHeaders;
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

/** Answers every refused or failed request in OpenAI's shape, whatever the client accepts. */
@RestControllerAdvice
class ErrorHandling {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandling.class);

  @ExceptionHandler
  ResponseEntity<ApiError> refused(ApiException refusal) {
    ResponseEntity.BodyBuilder answer = ResponseEntity.status(refusal.status());
    refusal.headers().forEach(answer::header);
    return answer.contentType(MediaType.APPLICATION_JSON).body(refusal.body());
  }

  @ExceptionHandler
  ResponseEntity<ApiError> unknownPath(NoResourceFoundException unknown, HttpServletRequest in) {
    return answer(
        HttpStatus.NOT_FOUND,
        "There is no %s %s here.".formatted(in.getMethod(), in.getRequestURI()),
        "invalid_request_error");
  }

  /** A value that PostgreSQL cannot hold, such as text with a NUL. */
  @ExceptionHandler
  ResponseEntity<ApiError> unfit(DataIntegrityViolationException unfit) {
    LOG.info("A request was refused by the database: {}", unfit.getMessage());
    return answer(
        HttpStatus.BAD_REQUEST,
        "The request holds something that cannot be stored, such as a NUL character.",
        "invalid_request_error");
  }

  /** A parameter that is no proper text, such as {@code %zz}: the server cannot read it. */
  @ExceptionHandler
  ResponseEntity<ApiError> unreadableParameter(InvalidParameterException unreadable) {
    return answer(
        HttpStatus.BAD_REQUEST,
        "The request's parameters cannot be read: %s".formatted(unreadable.getMessage()),
        "invalid_request_error");
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ApiError> databaseAway(Exception failure, HttpServletResponse response)
      throws Exception {
    LOG.error("A request failed in the database: {}", failure.getMessage());
    beginAnew(response, failure);
    return answer(HttpStatus.SERVICE_UNAVAILABLE, ApiError.databaseAway());
  }

  /** The client went away: nobody reads an answer. */
  @ExceptionHandler
  void clientGone(IOException failure) throws IOException {
    LOG.debug("A client went away: {}", failure.getMessage());
    throw failure;
  }

  @ExceptionHandler
  ResponseEntity<ApiError> notJson(HttpMessageNotReadableException unreadable) {
    Throwable cause = unreadable.getMostSpecificCause();
    if (cause instanceof ApiException refusal) { // by the stream that was read
      return refused(refusal);
    }
    String why =
        cause instanceof StreamConstraintsException beyond
            ? Json.constraintViolation(beyond)
            : "is not the JSON object that is expected here";
    return answer(
        HttpStatus.BAD_REQUEST, "The request's body %s.".formatted(why), "invalid_request_error");
  }

  @ExceptionHandler
  ResponseEntity<ApiError> wrongParameter(MethodArgumentTypeMismatchException wrong) {
    return ResponseEntity.badRequest()
        .contentType(MediaType.APPLICATION_JSON)
        .body(
            ApiError.of(
                "Invalid value for '%s': '%s'.".formatted(wrong.getName(), wrong.getValue()),
                "invalid_request_error",
                wrong.getName(),
                null));
  }

  @ExceptionHandler
  ResponseEntity<ApiError> anyOther(Exception failure, HttpServletResponse response)
      throws Exception {
    if (failure instanceof ErrorResponse spring) {
      HttpStatusCode status = spring.getStatusCode();
      String detail = spring.getBody().getDetail();
      return answer(status, detail == null ? status.toString() : detail, "invalid_request_error");
    }
    LOG.error("A request failed", failure);
    beginAnew(response, failure);
    return answer(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "The producer failed to handle this request; its log says why.",
        "server_error");
  }

  /** Half a file is on its way already: cut the connection, rather than end it with an error. */
  private static void beginAnew(HttpServletResponse response, Exception failure) throws Exception {
    if (response.isCommitted()) {
      throw failure;
    }
    response.reset();
    PageHeaders.set(response);
  }

  private static ResponseEntity<ApiError> answer(
      HttpStatusCode status, String message, String type) {
    return answer(status, ApiError.of(message, type, null, null));
  }

  private static ResponseEntity<ApiError> answer(HttpStatusCode status, ApiError error) {
    return ResponseEntity.status(status)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .contentType(MediaType.APPLICATION_JSON)
        .body(error);
  }
}
