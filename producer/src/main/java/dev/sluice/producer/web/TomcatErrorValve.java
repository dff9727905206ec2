package dev.sluice.producer.web;

import dev.sluice.api.ApiError;
import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;

/**
 * Writes the error for requests that Tomcat rejects before any filter: malformed URLs, headers that
 * are too large, TRACE.
 */
final class TomcatErrorValve extends ErrorReportValve {
  private static final Logger LOG = LoggerFactory.getLogger(TomcatErrorValve.class);

  /** Tomcat's default limit. */
  private static final int MAX_HEADERS = 100;

  /** Tomcat distinguishes these rejections only by their message. */
  private static final String TOO_LARGE =
      StringManager.getManager("org.apache.coyote.http11")
          .getString("iib.requestheadertoolarge.error");

  private static final String TOO_MANY =
      StringManager.getManager("org.apache.tomcat.util.http")
          .getString("headers.maxCountFail", MAX_HEADERS);

  private final ErrorWriter errors;
  private final DataSize maxHeadSize;

  TomcatErrorValve(ErrorWriter errors, DataSize maxHeadSize) {
    this.errors = errors;
    this.maxHeadSize = maxHeadSize;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    if (response.getStatus() < 400
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    AtomicBoolean writable = new AtomicBoolean();
    response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, writable);
    if (!writable.get()) {
      return;
    }
    try {
      PageHeaders.set(response);
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      response.setCharacterEncoding(StandardCharsets.UTF_8);
      ApiError error = error(request, response); // may change the status
      String path = Objects.requireNonNullElse(request.getDecodedRequestURI(), "");
      byte[] body = errors.bytes(path, response.getStatus(), error, response::setHeader);
      response.getReporter().write(new String(body, StandardCharsets.UTF_8));
      response.finishResponse();
    } catch (IOException disconnected) {
      LOG.debug("A client disconnected before it read an error: {}", disconnected.getMessage());
    }
  }

  private ApiError error(Request request, Response response) {
    Object reason = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    if (reason instanceof RuntimeException rejection
        && (TOO_LARGE.equals(rejection.getMessage()) || TOO_MANY.equals(rejection.getMessage()))) {
      response.setStatus(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.value());
      // Tomcat closes the connection, but says so only for some statuses, not for 431.
      response.setHeader(HttpHeaders.CONNECTION, "close");
      return ApiError.of(
          "The request line and headers exceed %d bytes (server.max-http-request-header-size) or %d headers."
              .formatted(maxHeadSize.toBytes(), MAX_HEADERS),
          "invalid_request_error",
          null,
          "headers_too_large");
    }
    return errors.ofStatus(response.getStatus());
  }
}
