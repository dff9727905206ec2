package dev.sluice.producer.error;

import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Answers every refused or failed request in OpenAI's shape, whatever the client accepts. */
@RestControllerAdvice
class ErrorHandling {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandling.class);

  @ExceptionHandler
  ResponseEntity<ApiError> refused(ApiException refusal) {
    ResponseEntity.BodyBuilder answer = ResponseEntity.status(refusal.status());
    if (refusal.status() == HttpStatus.CONFLICT) {
      answer.header("x-should-retry", "false"); // OpenAI's SDKs would send it again
    }
    return answer.contentType(MediaType.APPLICATION_JSON).body(refusal.body());
  }

  @ExceptionHandler
  ResponseEntity<ApiError> unknownPath(NoResourceFoundException unknown, HttpServletRequest in) {
    return answer(
        HttpStatus.NOT_FOUND,
        "There is no %s %s here.".formatted(in.getMethod(), in.getRequestURI()),
        "invalid_request_error");
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ApiError> databaseAway(Exception failure) {
    LOG.error("A request failed in the database: {}", failure.getMessage());
    return answer(
        HttpStatus.SERVICE_UNAVAILABLE,
        "The database is not reached at the moment. Try again shortly.",
        "server_error");
  }

  @ExceptionHandler
  ResponseEntity<ApiError> anyOther(Exception failure) throws Exception {
    if (failure instanceof AsyncRequestNotUsableException) {
      throw failure; // the client went away: nobody reads an answer
    }
    if (failure instanceof ErrorResponse spring) {
      HttpStatusCode status = spring.getStatusCode();
      String detail = spring.getBody().getDetail();
      return answer(status, detail == null ? status.toString() : detail, "invalid_request_error");
    }
    if (failure instanceof org.springframework.http.converter.HttpMessageNotReadableException) {
      return answer(
          HttpStatus.BAD_REQUEST,
          "The request's body is not the JSON object that is expected here.",
          "invalid_request_error");
    }
    LOG.error("A request failed", failure);
    return answer(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "The producer failed to handle this request; its log says why.",
        "server_error");
  }

  private static ResponseEntity<ApiError> answer(
      HttpStatusCode status, String message, String type) {
    return ResponseEntity.status(status)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .contentType(MediaType.APPLICATION_JSON)
        .body(ApiError.of(message, type, null, null));
  }
}
