package dev.sluice.producer.error;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes an error where no controller is reached yet. */
@Component
public class ErrorWriter {
  private final JsonMapper json;

  ErrorWriter(JsonMapper json) {
    this.json = json;
  }

  /** What the server answers by itself has no more than its status. */
  ApiError ofStatus(int code) {
    HttpStatus status = HttpStatus.resolve(code);
    String message = status == null ? "The request failed." : status.getReasonPhrase() + ".";
    return ApiError.of(message, code < 500 ? "invalid_request_error" : "server_error", null, null);
  }

  /** An error as JSON. */
  public byte[] bytes(ApiError error) {
    return json.writeValueAsBytes(error);
  }

  /** 401, as OpenAI answers a wrong key. */
  public void invalidApiKey(HttpServletResponse response, String message) throws IOException {
    response.setHeader("WWW-Authenticate", "Bearer");
    ApiError error = ApiError.of(message, "invalid_request_error", null, "invalid_api_key");
    write(response, HttpStatus.UNAUTHORIZED, error);
  }

  /** 403: the key is a good one, but not for this. */
  public void forbidden(HttpServletResponse response, String message) throws IOException {
    ApiError error =
        ApiError.of(message, "invalid_request_error", null, "insufficient_permissions");
    write(response, HttpStatus.FORBIDDEN, error);
  }

  /** 503: nobody can say who is calling. */
  public void databaseAway(HttpServletResponse response) throws IOException {
    write(response, HttpStatus.SERVICE_UNAVAILABLE, ApiError.databaseAway());
  }

  /** The answer of a refusal that no controller has made. */
  public void refuse(HttpServletResponse response, ApiException refusal) throws IOException {
    refusal.headers().forEach(response::setHeader);
    write(response, refusal.status(), refusal.body());
  }

  private void write(HttpServletResponse response, HttpStatus status, ApiError error)
      throws IOException {
    response.setStatus(status.value());
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.getOutputStream().write(bytes(error));
  }
}
