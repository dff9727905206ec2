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

  /** 401, as OpenAI answers a wrong key. */
  public void invalidApiKey(HttpServletResponse response, String message) throws IOException {
    ApiError error = ApiError.of(message, "invalid_request_error", null, "invalid_api_key");
    response.setStatus(HttpStatus.UNAUTHORIZED.value());
    response.setHeader("WWW-Authenticate", "Bearer");
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.getOutputStream().write(json.writeValueAsBytes(error));
  }
}
