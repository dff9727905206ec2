package dev.sluice.producer.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Writes the error for requests that fail outside the controllers. */
@RestController
class ErrorEndpoint implements ErrorController {
  private final ErrorWriter errors;

  ErrorEndpoint(ErrorWriter errors) {
    this.errors = errors;
  }

  /** A direct request for this path gets 404. */
  @RequestMapping("/error")
  ResponseEntity<byte[]> error(HttpServletRequest request, HttpServletResponse response) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int status = code instanceof Integer number ? number : HttpStatus.NOT_FOUND.value();
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(
            errors.bytes(
                path instanceof String text ? text : "",
                status,
                errors.ofStatus(status),
                response::setHeader));
  }
}
