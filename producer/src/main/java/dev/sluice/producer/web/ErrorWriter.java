package dev.sluice.producer.web;

import dev.sluice.api.ApiError;
import dev.sluice.common.wire.MessagesApi;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.BiConsumer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes error responses from filters, before a controller is reached: in Anthropic's shape on the
 * paths of its API, in OpenAI's on all others.
 */
@Component
public class ErrorWriter {
  static final ApiError DATABASE_UNAVAILABLE =
      ApiError.of(
          "The database is unavailable. Retry in a few seconds.", "server_error", null, null);

  /** The header with the id of a request, which Anthropic's SDKs show with an error. */
  static final String REQUEST_ID = "request-id";

  private final JsonMapper json;

  public ErrorWriter(JsonMapper json) {
    this.json = json;
  }

  /** Creates the error for a response of the server, of which only the status is known. */
  ApiError ofStatus(int code) {
    HttpStatus status = HttpStatus.resolve(code);
    String message = status == null ? "The request failed." : status.getReasonPhrase() + ".";
    return ApiError.of(message, code < 500 ? "invalid_request_error" : "server_error", null, null);
  }

  /**
   * Serializes an error as JSON.
   *
   * @param path the path of the request
   * @param headers gets the header {@value #REQUEST_ID} on the paths of Anthropic's API
   */
  byte[] bytes(String path, int status, ApiError error, BiConsumer<String, String> headers) {
    if (!MessagesApi.contains(path)) {
      return json.writeValueAsBytes(error);
    }
    AnthropicError converted = AnthropicError.of(status, error);
    headers.accept(REQUEST_ID, converted.requestId());
    return json.writeValueAsBytes(converted);
  }

  /** Serializes a rejection as JSON, for a response whose headers are sent. */
  public byte[] bytes(HttpServletRequest request, ApiException rejection) {
    return bytes(
        request.getServletPath(),
        rejection.status().value(),
        rejection.body(),
        (name, value) -> {});
  }

  /** 401, as OpenAI returns it for an invalid key. */
  public void invalidApiKey(
      HttpServletRequest request, HttpServletResponse response, String message) throws IOException {
    response.setHeader("WWW-Authenticate", "Bearer");
    ApiError error = ApiError.of(message, "invalid_request_error", null, "invalid_api_key");
    write(request, response, HttpStatus.UNAUTHORIZED, error);
  }

  /** 403: the key is valid, but does not permit this operation. */
  public void forbidden(HttpServletRequest request, HttpServletResponse response, String message)
      throws IOException {
    ApiError error =
        ApiError.of(message, "invalid_request_error", null, "insufficient_permissions");
    write(request, response, HttpStatus.FORBIDDEN, error);
  }

  /** 503: the key cannot be checked. */
  public void databaseUnavailable(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    write(request, response, HttpStatus.SERVICE_UNAVAILABLE, DATABASE_UNAVAILABLE);
  }

  /** Writes a rejection. */
  public void reject(
      HttpServletRequest request, HttpServletResponse response, ApiException rejection)
      throws IOException {
    rejection.headers().forEach(response::setHeader);
    write(request, response, rejection.status(), rejection.body());
  }

  private void write(
      HttpServletRequest request, HttpServletResponse response, HttpStatus status, ApiError error)
      throws IOException {
    response.setStatus(status.value());
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    byte[] body = bytes(request.getServletPath(), status.value(), error, response::setHeader);
    response.getOutputStream().write(body);
  }
}
