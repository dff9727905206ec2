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

  byte[] bytes(ApiError error) {
    return json.writeValueAsBytes(error);
  }

  /** 401, as OpenAI answers a wrong key. */
  public void invalidApiKey(HttpServletResponse response, String message) throws IOException {
    ApiError error = ApiError.of(message, "invalid_request_error", null, "invalid_api_key");
    response.setStatus(HttpStatus.UNAUTHORIZED.value());
    response.setHeader("WWW-Authenticate", "Bearer");
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.getOutputStream().write(bytes(error));
  }
}
